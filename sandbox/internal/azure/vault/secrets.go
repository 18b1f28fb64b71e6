package vault

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
)

// maxValue is the largest value of a secret, in bytes
// (https://learn.microsoft.com/azure/key-vault/secrets/about-secrets).
const maxValue = 25 * 1024

type attributes struct {
	Enabled         *bool  `json:"enabled,omitempty"`
	NotBefore       *int64 `json:"nbf,omitempty"`
	Expires         *int64 `json:"exp,omitempty"`
	Created         int64  `json:"created,omitempty"`
	Updated         int64  `json:"updated,omitempty"`
	RecoveryLevel   string `json:"recoveryLevel,omitempty"`
	RecoverableDays int    `json:"recoverableDays,omitempty"`
}

// bundle is a secret in the form of the data plane.
type bundle struct {
	Value        *string           `json:"value,omitempty"`
	ID           string            `json:"id"`
	ContentType  string            `json:"contentType,omitempty"`
	Attributes   attributes        `json:"attributes"`
	Tags         map[string]string `json:"tags,omitempty"`
	RecoveryID   string            `json:"recoveryId,omitempty"`
	DeletedDate  int64             `json:"deletedDate,omitempty"`
	ScheduledFor int64             `json:"scheduledPurgeDate,omitempty"`
}

// show returns a version of a secret in the form of the data plane.
func (c *call) show(s *Secret, v Version, withVersion, withValue bool) bundle {
	level := "Recoverable+Purgeable"
	if c.vault.Body.PurgeProtection {
		level = "Recoverable"
	}
	b := bundle{
		ID: SecretURI(c.vault.Name, s.Name), ContentType: v.ContentType, Tags: v.Tags,
		Attributes: attributes{
			Enabled: &v.Enabled, NotBefore: v.NotBefore, Expires: v.Expires,
			Created: v.Created.Unix(), Updated: v.Updated.Unix(),
			RecoveryLevel: level, RecoverableDays: c.vault.Body.RetentionDays,
		},
	}
	if withVersion {
		b.ID += "/" + v.ID
	}
	if withValue {
		b.Value = &v.Value
	}
	if s.Deleted != nil {
		b.RecoveryID = URI(c.vault.Name) + "deletedsecrets/" + s.Name
		b.DeletedDate, b.ScheduledFor = s.Deleted.Unix(), s.Purge.Unix()
	}
	return b
}

// load checks the right and reads a secret, soft-deleted or not as deleted requires.
func (c *call) load(tx *store.Tx, want right, name string, deleted bool) (*Secret, error) {
	if err := c.server.permit(tx, c.vault, c.caller, want, name); err != nil {
		return nil, err
	}
	s, err := LoadSecret(tx, c.vault.Name, name)
	if err != nil {
		return nil, err
	}
	if s == nil || (s.Deleted != nil) != deleted || (deleted && c.server.Now().After(*s.Purge)) {
		return nil, secretNotFound(name)
	}
	return s, nil
}

// findVersion returns the index of a version, or of the newest one for "".
func findVersion(s *Secret, version string) (int, error) {
	if version == "" {
		return len(s.Versions) - 1, nil
	}
	i := slices.IndexFunc(s.Versions, func(v Version) bool { return v.ID == version })
	if i < 0 {
		return 0, secretNotFound(s.Name + "/" + version)
	}
	return i, nil
}

func (c *call) get(name, version string) (response, error) {
	var a response
	err := c.server.Store.View(func(tx *store.Tx) error {
		s, err := c.load(tx, rightGet, name, false)
		if err != nil {
			return err
		}
		i, err := findVersion(s, version)
		if err != nil {
			return err
		}
		if !s.Versions[i].Enabled {
			return failf(http.StatusForbidden, "Forbidden", "Operation get is not allowed on a disabled secret.").withInner("SecretDisabled")
		}
		a = response{http.StatusOK, c.show(s, s.Versions[i], true, true)}
		return nil
	})
	return a, err
}

// page is the body of a list. The sandbox returns the whole list, so there is never a next page.
type page struct {
	Value    []bundle `json:"value"`
	NextLink *string  `json:"nextLink"`
}

func (c *call) list(deleted bool) (response, error) {
	p := page{Value: []bundle{}}
	err := c.server.Store.View(func(tx *store.Tx) error {
		if err := c.server.permit(tx, c.vault, c.caller, rightList, ""); err != nil {
			return err
		}
		all, err := ListSecrets(tx, c.vault.Name)
		for _, s := range all {
			if (s.Deleted != nil) == deleted {
				p.Value = append(p.Value, c.show(&s, s.Latest(), false, false))
			}
		}
		return err
	})
	return response{http.StatusOK, p}, err
}

func (c *call) versions(name string) (response, error) {
	p := page{Value: []bundle{}}
	err := c.server.Store.View(func(tx *store.Tx) error {
		s, err := c.load(tx, rightList, name, false)
		if err != nil {
			return err
		}
		for _, v := range s.Versions {
			p.Value = append(p.Value, c.show(s, v, true, false))
		}
		return nil
	})
	return response{http.StatusOK, p}, err
}

type setBody struct {
	Value       *string            `json:"value"`
	ContentType *string            `json:"contentType"`
	Attributes  *attributes        `json:"attributes"`
	Tags        *map[string]string `json:"tags"`
}

func (c *call) body() (setBody, error) {
	var b setBody
	if err := json.NewDecoder(io.LimitReader(c.Body, 1<<20)).Decode(&b); err != nil {
		return b, badParameter("The request body is not valid JSON.")
	}
	return b, nil
}

func (c *call) set(name string) (response, error) {
	b, err := c.body()
	if err != nil {
		return response{}, err
	}
	var a response
	err = c.server.Store.Update(func(tx *store.Tx) error {
		if err := c.server.permit(tx, c.vault, c.caller, rightSet, name); err != nil {
			return err
		}
		if b.Value == nil {
			return badParameter("The property 'value' is required.")
		}
		v := Version{Value: *b.Value, Enabled: true, Created: c.server.Now().UTC(), Updated: c.server.Now().UTC()}
		b.apply(&v)
		s, err := Set(tx, c.vault.Name, name, v)
		if err != nil {
			return err
		}
		a = response{http.StatusOK, c.show(s, s.Latest(), true, true)}
		return nil
	})
	return a, err
}

// Set stores a new version of a secret, as PUT does. It refuses the name of a soft-deleted secret.
func Set(tx *store.Tx, vault, name string, v Version) (*Secret, error) {
	if len(v.Value) > maxValue {
		return nil, badParameter("The value of the secret has %d bytes; the limit is %d.", len(v.Value), maxValue)
	}
	have, err := LoadSecret(tx, vault, name)
	if err != nil {
		return nil, err
	}
	if have != nil && have.Deleted != nil && v.Created.After(*have.Purge) {
		if err := RemoveSecret(tx, vault, name); err != nil {
			return nil, err
		}
	} else if have != nil && have.Deleted != nil {
		return nil, failf(http.StatusConflict, "Conflict",
			"Secret %s is currently in a deleted but recoverable state, and its name cannot be reused; in this state, the secret can only be recovered or purged.", name).withInner("ObjectIsDeletedButRecoverable")
	}
	return AddVersion(tx, vault, name, v)
}

// apply writes the given properties to the version.
func (b setBody) apply(v *Version) {
	if b.ContentType != nil {
		v.ContentType = *b.ContentType
	}
	if b.Tags != nil {
		v.Tags = *b.Tags
	}
	if b.Attributes == nil {
		return
	}
	if b.Attributes.Enabled != nil {
		v.Enabled = *b.Attributes.Enabled
	}
	if b.Attributes.NotBefore != nil {
		v.NotBefore = b.Attributes.NotBefore
	}
	if b.Attributes.Expires != nil {
		v.Expires = b.Attributes.Expires
	}
}

func (c *call) update(name, version string) (response, error) {
	b, err := c.body()
	if err != nil {
		return response{}, err
	}
	if b.Value != nil {
		return response{}, badParameter("The value of a version cannot be changed; set the secret again to create a new version.")
	}
	return c.change(rightUpdate, name, false, func(tx *store.Tx, s *Secret) (bundle, error) {
		i, err := findVersion(s, version)
		if err != nil {
			return bundle{}, err
		}
		b.apply(&s.Versions[i])
		s.Versions[i].Updated = c.server.Now().UTC()
		return c.show(s, s.Versions[i], true, false), SaveSecret(tx, *s)
	})
}

// change stores the changes that f makes to a secret and returns what f shows. The secret is
// soft-deleted or not as deleted requires.
func (c *call) change(want right, name string, deleted bool, f func(*store.Tx, *Secret) (bundle, error)) (response, error) {
	var a response
	err := c.server.Store.Update(func(tx *store.Tx) error {
		s, err := c.load(tx, want, name, deleted)
		if err != nil {
			return err
		}
		b, err := f(tx, s)
		a = response{http.StatusOK, b}
		return err
	})
	return a, err
}
