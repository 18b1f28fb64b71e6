package vault

import (
	"encoding/json"
	"io"
	"net/http"
	"time"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
)

// maxValue is the limit for a secret's value in bytes (https://learn.microsoft.com/azure/key-vault/secrets/about-secrets).
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

// bundle is a secret as the data plane shows it.
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

func (c *call) show(s *Secret, v Version, withVersion, withValue bool) bundle {
	level := "Recoverable+Purgeable"
	if c.vault.Body.PurgeProtection {
		level = "Recoverable"
	}
	b := bundle{
		ID: SecretURI(c.vault.Name, s.Name), ContentType: v.ContentType, Tags: v.Tags,
		Attributes: attributes{
			Enabled: &v.Enabled, NotBefore: v.NotBefore, Expires: v.Expires, Created: v.Created.Unix(), Updated: v.Updated.Unix(),
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

// load checks the right and reads a secret in the wanted state.
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

func find(s *Secret, version string) (int, error) {
	if version == "" {
		return len(s.Versions) - 1, nil
	}
	for i, v := range s.Versions {
		if v.ID == version {
			return i, nil
		}
	}
	return 0, secretNotFound(s.Name + "/" + version)
}

func (c *call) get(name, version string) (answer, error) {
	var a answer
	err := c.server.Store.View(func(tx *store.Tx) error {
		s, err := c.load(tx, rightGet, name, false)
		if err != nil {
			return err
		}
		i, err := find(s, version)
		if err != nil {
			return err
		}
		if !s.Versions[i].Enabled {
			return failf(http.StatusForbidden, "Forbidden", "Operation get is not allowed on a disabled secret.").because("SecretDisabled")
		}
		a = answer{http.StatusOK, c.show(s, s.Versions[i], true, true)}
		return nil
	})
	return a, err
}

// page is the body of a list. The sandbox answers all at once, so there is never a next page.
type page struct {
	Value    []bundle `json:"value"`
	NextLink *string  `json:"nextLink"`
}

func (c *call) list(deleted bool) (answer, error) {
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
	return answer{http.StatusOK, p}, err
}

func (c *call) versions(name string) (answer, error) {
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
	return answer{http.StatusOK, p}, err
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

func (c *call) set(name string) (answer, error) {
	b, err := c.body()
	if err != nil {
		return answer{}, err
	}
	var a answer
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
		a = answer{http.StatusOK, c.show(s, s.Latest(), true, true)}
		return nil
	})
	return a, err
}

// Set stores a value of a secret, as PUT does. It refuses the name of a secret that is soft-deleted.
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
			"Secret %s is currently in a deleted but recoverable state, and its name cannot be reused; in this state, the secret can only be recovered or purged.", name).because("ObjectIsDeletedButRecoverable")
	}
	return AddVersion(tx, vault, name, v)
}

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

func (c *call) update(name, version string) (answer, error) {
	b, err := c.body()
	if err != nil {
		return answer{}, err
	}
	if b.Value != nil {
		return answer{}, badParameter("The value of a secret cannot be changed; set the secret anew.")
	}
	return c.change(rightUpdate, name, false, func(tx *store.Tx, s *Secret) (bundle, error) {
		i, err := find(s, version)
		if err != nil {
			return bundle{}, err
		}
		b.apply(&s.Versions[i])
		s.Versions[i].Updated = c.server.Now().UTC()
		return c.show(s, s.Versions[i], true, false), SaveSecret(tx, *s)
	})
}

// change runs f on a secret in the wanted state and answers what f shows.
func (c *call) change(want right, name string, deleted bool, f func(*store.Tx, *Secret) (bundle, error)) (answer, error) {
	var a answer
	err := c.server.Store.Update(func(tx *store.Tx) error {
		s, err := c.load(tx, want, name, deleted)
		if err != nil {
			return err
		}
		b, err := f(tx, s)
		a = answer{http.StatusOK, b}
		return err
	})
	return a, err
}

func (c *call) delete(name string) (answer, error) {
	return c.change(rightDelete, name, false, func(tx *store.Tx, s *Secret) (bundle, error) {
		now := c.server.Now().UTC()
		purge := now.Add(time.Duration(c.vault.Body.RetentionDays) * 24 * time.Hour)
		s.Deleted, s.Purge = &now, &purge
		return c.show(s, s.Latest(), true, false), SaveSecret(tx, *s)
	})
}

func (c *call) recover(name string) (answer, error) {
	return c.change(rightRecover, name, true, func(tx *store.Tx, s *Secret) (bundle, error) {
		s.Deleted, s.Purge = nil, nil
		return c.show(s, s.Latest(), true, false), SaveSecret(tx, *s)
	})
}

func (c *call) getDeleted(name string) (answer, error) {
	var a answer
	err := c.server.Store.View(func(tx *store.Tx) error {
		s, err := c.load(tx, rightGetDeleted, name, true)
		if err == nil {
			a = answer{http.StatusOK, c.show(s, s.Latest(), true, false)}
		}
		return err
	})
	return a, err
}

func (c *call) purge(name string) (answer, error) {
	err := c.server.Store.Update(func(tx *store.Tx) error {
		if _, err := c.load(tx, rightPurge, name, true); err != nil {
			return err
		}
		if c.vault.Body.PurgeProtection {
			return failf(http.StatusForbidden, "Forbidden", "Operation \"purge\" is not allowed because purge protection is enabled for this vault.").because("PurgeProtectionEnabled")
		}
		return RemoveSecret(tx, c.vault.Name, name)
	})
	return answer{status: http.StatusNoContent}, err
}
