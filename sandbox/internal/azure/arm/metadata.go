package arm

import (
	"net/http"
	"strings"
)

// metadataPath is where clients that know only ARM's host discover the cloud. It needs no token.
const metadataPath = "/metadata/endpoints"

// The api-versions of the metadata differ in their form: a few names, a list of all clouds, or one
// cloud. The values are those of the public cloud in the examples of `Get-AzEnvironment` and of the
// template function environment(), and in the client of hashicorp/go-azure-sdk
// (sdk/internal/metadata/client.go) for 2022-09-01.
const (
	metadataShort = "2015-01-01"
	metadataList  = "2019-05-01"
	metadataCloud = "2022-09-01"
)

// cloud is the public cloud, which the sandbox serves under its real host names.
var cloud = map[string]any{
	"name":   "AzureCloud",
	"portal": "https://portal.azure.com",
	"authentication": map[string]any{
		"loginEndpoint":    "https://login.microsoftonline.com",
		"audiences":        []string{"https://management.core.windows.net/", "https://management.azure.com/"},
		"tenant":           "common",
		"identityProvider": "AAD",
	},
	"media":         "https://rest.media.azure.net",
	"graph":         "https://graph.windows.net/",
	"graphAudience": "https://graph.windows.net/",
	"suffixes": map[string]string{
		"acrLoginServer":                      "azurecr.io",
		"attestationEndpoint":                 "attest.azure.net",
		"azureDataLakeAnalyticsCatalogAndJob": "azuredatalakeanalytics.net",
		"azureDataLakeStoreFileSystem":        "azuredatalakestore.net",
		"azureFrontDoorEndpointSuffix":        "azurefd.net",
		"keyVaultDns":                         "vault.azure.net",
		"mariadbServerEndpoint":               "mariadb.database.azure.com",
		"mhsmDns":                             "managedhsm.azure.net",
		"mysqlServerEndpoint":                 "mysql.database.azure.com",
		"postgresqlServerEndpoint":            "postgres.database.azure.com",
		"sqlServerHostname":                   "database.windows.net",
		"storage":                             "core.windows.net",
		"storageSyncEndpointSuffix":           "afs.azure.net",
		"synapseAnalytics":                    "dev.azuresynapse.net",
	},
	"batch":                                 "https://batch.core.windows.net/",
	"resourceManager":                       "https://management.azure.com/",
	"vmImageAliasDoc":                       "https://raw.githubusercontent.com/Azure/azure-rest-api-specs/master/arm-compute/quickstart-templates/aliases.json",
	"activeDirectoryDataLake":               "https://datalake.azure.net/",
	"sqlManagement":                         "https://management.core.windows.net:8443/",
	"microsoftGraphResourceId":              "https://graph.microsoft.com/",
	"appInsightsResourceId":                 "https://api.applicationinsights.io",
	"appInsightsTelemetryChannelResourceId": "https://dc.applicationinsights.azure.com/v2/track",
	"attestationResourceId":                 "https://attest.azure.net",
	"synapseAnalyticsResourceId":            "https://dev.azuresynapse.net",
	"logAnalyticsResourceId":                "https://api.loganalytics.io",
	"ossrDbmsResourceId":                    "https://ossrdbms-aad.database.windows.net",
}

// isMetadata reports whether a request asks for the cloud's endpoints.
func isMetadata(r *http.Request) bool {
	return r.Method == http.MethodGet && strings.EqualFold(strings.TrimRight(r.URL.Path, "/"), metadataPath)
}

func metadata(r *http.Request) (Response, error) {
	version := r.URL.Query().Get("api-version")
	if err := checkVersion(version, []string{metadataShort, metadataList, metadataCloud}); err != nil {
		return Response{}, err
	}
	response := Response{Status: http.StatusOK, Body: cloud}
	switch version {
	case metadataList:
		response.Body = []any{cloud}
	case metadataShort:
		response.Body = map[string]any{
			"galleryEndpoint": "https://gallery.azure.com/", "graphEndpoint": cloud["graph"],
			"portalEndpoint": cloud["portal"], "authentication": cloud["authentication"],
		}
	}
	return response, nil
}
