package keyvaults

import (
	"cmp"
	"net/http"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/vault"
)

// patch changes the tags and properties that the request contains and keeps the others
// (Vaults_Update in keyvault.json of azure-rest-api-specs). Terraform's azurerm updates vaults so.
func (p *Provider) patch(r *arm.Request) (arm.Response, error) {
	var body struct {
		Tags       *map[string]string `json:"tags"`
		Properties *Properties        `json:"properties"`
	}
	if err := arm.Decode(r.Body, &body); err != nil {
		return arm.Response{}, err
	}
	if body.Properties == nil {
		body.Properties = &Properties{}
	}
	err := p.core.Store.Update(func(tx *store.Tx) error {
		doc, err := resource.Load[vault.Vault](tx, r.ID.String())
		if err != nil {
			return err
		}
		if doc == nil {
			return arm.Missing(r)
		}
		body.Properties.TenantID = cmp.Or(body.Properties.TenantID, p.core.Authority.TenantID)
		body.Properties.SKU = cmp.Or(body.Properties.SKU, &doc.Body.SKU)
		if err := p.checkProperties(body.Properties); err != nil {
			return err
		}
		if err := change(&doc.Body, body.Properties); err != nil {
			return err
		}
		if body.Tags != nil {
			if err := arm.CheckTags(*body.Tags); err != nil {
				return err
			}
			doc.Tags = *body.Tags
		}
		doc.Changed, doc.ChangedBy = p.core.Now().UTC(), r.Caller.AppID
		return resource.Save(tx, doc)
	})
	if err != nil {
		return arm.Response{}, err
	}
	return p.core.Rendered(&p.vault, r.ID.String(), http.StatusOK)
}
