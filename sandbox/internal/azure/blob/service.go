package blob

import (
	"encoding/xml"
	"net/http"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
)

// serviceProperties are the settings of the blob service. The sandbox keeps none, so that every
// account has the defaults of a new one
// (https://learn.microsoft.com/rest/api/storageservices/get-blob-service-properties).
type serviceProperties struct {
	XMLName         xml.Name `xml:"StorageServiceProperties"`
	LoggingVersion  string   `xml:"Logging>Version"`
	LoggingDelete   bool     `xml:"Logging>Delete"`
	LoggingRead     bool     `xml:"Logging>Read"`
	LoggingWrite    bool     `xml:"Logging>Write"`
	LoggingKeeps    bool     `xml:"Logging>RetentionPolicy>Enabled"`
	HourVersion     string   `xml:"HourMetrics>Version"`
	HourEnabled     bool     `xml:"HourMetrics>Enabled"`
	HourKeeps       bool     `xml:"HourMetrics>RetentionPolicy>Enabled"`
	MinuteVersion   string   `xml:"MinuteMetrics>Version"`
	MinuteEnabled   bool     `xml:"MinuteMetrics>Enabled"`
	MinuteKeeps     bool     `xml:"MinuteMetrics>RetentionPolicy>Enabled"`
	CORS            string   `xml:"Cors"`
	KeepsDeleted    bool     `xml:"DeleteRetentionPolicy>Enabled"`
	StaticWebsiteOn bool     `xml:"StaticWebsite>Enabled"`
}

// getServiceProperties serves Get Blob Service Properties.
func (c *call) getServiceProperties() (response, error) {
	err := c.server.Store.View(func(tx *store.Tx) error { return c.permit(tx, readService) })
	return response{status: http.StatusOK, body: serviceProperties{LoggingVersion: "1.0", HourVersion: "1.0", MinuteVersion: "1.0"}}, err
}
