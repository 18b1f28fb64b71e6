package accounts

import (
	"context"
	"net/http"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/blob"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
)

// serviceProperties returns the settings of a new account's service, as a GET shows them (examples
// BlobServicesGet.json and FileServicesGet.json of azure-rest-api-specs, and
// https://learn.microsoft.com/azure/storage/files/storage-files-prevent-file-share-deletion for the
// seven days). The sandbox changes none of them.
func serviceProperties(typ string) map[string]any {
	properties := map[string]any{"cors": map[string]any{"corsRules": []any{}}}
	switch typ {
	case blob.TypeBlobService:
		properties["deleteRetentionPolicy"] = map[string]any{"allowPermanentDelete": false, "enabled": false}
	case blob.TypeFileService:
		properties["shareDeleteRetentionPolicy"] = map[string]any{"enabled": true, "days": 7}
		properties["protocolSettings"] = map[string]any{"smb": map[string]any{}}
	}
	return properties
}

// service returns the type of the blob, file or queue service of an account. An account has exactly
// one of each, named default.
func service(typ string) arm.Type {
	render := func(tx *store.Tx, path string) (any, error) {
		id, err := resource.ParseID(path)
		if err != nil {
			return nil, err
		}
		account, _ := id.Parent()
		if ok, err := resource.Exists(tx, account); err != nil || !ok || !strings.EqualFold(id.Name(), "default") {
			return nil, err
		}
		return map[string]any{"id": path, "name": "default", "type": typ, "properties": serviceProperties(typ)}, nil
	}
	return arm.Type{
		Name: typ, Versions: versions, Render: render,
		Exists: func(tx *store.Tx, path string) (bool, error) {
			body, err := render(tx, path)
			return body != nil, err
		},
		List: func(r *arm.Request) (arm.Response, error) {
			return arm.Response{}, arm.BadRequestf("The sandbox does not list '%s'; an account has exactly one, named default.", typ)
		},
	}
}

// ContainerBody is a container in the form of the management plane.
type ContainerBody struct {
	ID         string               `json:"id,omitempty"`
	Name       string               `json:"name,omitempty"`
	Type       string               `json:"type,omitempty"`
	ETag       string               `json:"etag,omitempty"`
	Properties *ContainerProperties `json:"properties,omitempty"`
}

// ContainerProperties are the properties of a container. All but the metadata and the public access
// are read-only.
type ContainerProperties struct {
	Metadata              map[string]string `json:"metadata,omitempty"`
	PublicAccess          string            `json:"publicAccess,omitempty"`
	LastModifiedTime      string            `json:"lastModifiedTime,omitempty"`
	LeaseStatus           string            `json:"leaseStatus,omitempty"`
	LeaseState            string            `json:"leaseState,omitempty"`
	HasImmutabilityPolicy *bool             `json:"hasImmutabilityPolicy,omitempty"`
	HasLegalHold          *bool             `json:"hasLegalHold,omitempty"`
}

func (p *Provider) renderContainer(tx *store.Tx, id string) (any, error) {
	doc, err := resource.Load[blob.Container](tx, id)
	if err != nil || doc == nil {
		return nil, err
	}
	no := false
	status, state := doc.Body.Lease.Status(p.core.Now())
	capital := func(word string) string { return strings.ToUpper(word[:1]) + word[1:] }
	return ContainerBody{ID: doc.ID, Name: doc.Name, Type: doc.Type, ETag: doc.Body.ETag, Properties: &ContainerProperties{
		Metadata: doc.Body.Metadata, PublicAccess: "None", LastModifiedTime: doc.Changed.Format("2006-01-02T15:04:05Z07:00"),
		LeaseStatus: capital(status), LeaseState: capital(state), HasImmutabilityPolicy: &no, HasLegalHold: &no,
	}}, nil
}

func invalidName(kind, name string) *arm.Error {
	return arm.Errorf(http.StatusBadRequest, kind+"OperationFailure",
		"The name '%s' is invalid. It must have 3 to 63 lower-case letters, digits and single hyphens, and begin and end with a letter or digit.", name)
}

func (p *Provider) putContainer(r *arm.Request) (arm.Response, error) {
	var body ContainerBody
	if err := arm.Decode(r.Body, &body); err != nil {
		return arm.Response{}, err
	}
	if !blob.ValidContainer(r.ID.Name()) {
		return arm.Response{}, invalidName("Container", r.ID.Name())
	}
	if body.Properties == nil {
		body.Properties = &ContainerProperties{}
	}
	if err := body.Properties.checkAccess(); err != nil {
		return arm.Response{}, err
	}
	status := http.StatusCreated
	err := p.core.Store.Update(func(tx *store.Tx) error {
		have, err := resource.Load[blob.Container](tx, r.ID.String())
		if err != nil {
			return err
		}
		if have == nil {
			return resource.Save(tx, blob.NewContainer(p.core.NewHeader(nil, r, "", nil), body.Properties.Metadata))
		}
		status = http.StatusOK
		have.Header = p.core.NewHeader(&have.Header, r, "", nil)
		blob.SetMetadata(have, body.Properties.Metadata)
		return resource.Save(tx, have)
	})
	if err != nil {
		return arm.Response{}, err
	}
	return p.core.Rendered(&p.container, r.ID.String(), status)
}

func (p *ContainerProperties) checkAccess() error {
	if p.PublicAccess == "" || p.PublicAccess == "None" {
		return nil
	}
	return arm.Errorf(http.StatusConflict, "PublicAccessNotPermitted", "Public access is not permitted on this storage account: the sandbox serves no request without a token.").At("properties.publicAccess")
}

// patchContainer changes the metadata if the request has any (BlobContainers_Update in
// blob.json of azure-rest-api-specs).
func (p *Provider) patchContainer(r *arm.Request) (arm.Response, error) {
	var body ContainerBody
	if err := arm.Decode(r.Body, &body); err != nil {
		return arm.Response{}, err
	}
	if body.Properties == nil {
		body.Properties = &ContainerProperties{}
	}
	if err := body.Properties.checkAccess(); err != nil {
		return arm.Response{}, err
	}
	err := p.core.Store.Update(func(tx *store.Tx) error {
		doc, err := resource.Load[blob.Container](tx, r.ID.String())
		if err != nil {
			return err
		}
		if doc == nil {
			return arm.Missing(r)
		}
		if body.Properties.Metadata != nil {
			blob.SetMetadata(doc, body.Properties.Metadata)
		}
		doc.Header = p.core.NewHeader(&doc.Header, r, "", nil)
		return resource.Save(tx, doc)
	})
	if err != nil {
		return arm.Response{}, err
	}
	return p.core.Rendered(&p.container, r.ID.String(), http.StatusOK)
}

func (p *Provider) removeContainer(_ context.Context, id string) error {
	return p.core.Store.Update(func(tx *store.Tx) error {
		doc, err := resource.Load[blob.Container](tx, id)
		if err != nil || doc == nil {
			return err
		}
		parsed, err := resource.ParseID(id)
		if err != nil {
			return err
		}
		return blob.RemoveContainer(tx, parsed.Names[0], doc)
	})
}

// QueueBody is a queue in the form of the management plane.
type QueueBody struct {
	ID         string           `json:"id,omitempty"`
	Name       string           `json:"name,omitempty"`
	Type       string           `json:"type,omitempty"`
	Properties *QueueProperties `json:"properties,omitempty"`
}

// QueueProperties are the properties of a queue.
type QueueProperties struct {
	Metadata map[string]string `json:"metadata,omitempty"`
}

func renderQueue(tx *store.Tx, id string) (any, error) {
	doc, err := resource.Load[QueueProperties](tx, id)
	if err != nil || doc == nil {
		return nil, err
	}
	return QueueBody{ID: doc.ID, Name: doc.Name, Type: doc.Type, Properties: &doc.Body}, nil
}

// putQueue creates a queue, so that roles can be assigned at it. The sandbox has no data plane for
// queues.
func (p *Provider) putQueue(r *arm.Request) (arm.Response, error) {
	var body QueueBody
	if err := arm.Decode(r.Body, &body); err != nil {
		return arm.Response{}, err
	}
	if !blob.ValidContainer(r.ID.Name()) {
		return arm.Response{}, invalidName("Queue", r.ID.Name())
	}
	doc := &resource.Document[QueueProperties]{}
	if body.Properties != nil {
		doc.Body = *body.Properties
	}
	err := p.core.Store.Update(func(tx *store.Tx) error {
		have, err := resource.LoadHeader(tx, r.ID.String())
		if err != nil {
			return err
		}
		doc.Header = p.core.NewHeader(have, r, "", nil)
		return resource.Save(tx, doc)
	})
	if err != nil {
		return arm.Response{}, err
	}
	return p.core.Rendered(&p.queue, r.ID.String(), http.StatusOK)
}
