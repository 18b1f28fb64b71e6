package vault

import (
	"net/http"
	"time"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
)

// delete soft-deletes a secret for the retention time of the vault.
func (c *call) delete(name string) (response, error) {
	return c.change(rightDelete, name, false, func(tx *store.Tx, s *Secret) (bundle, error) {
		now := c.server.Now().UTC()
		purge := now.Add(time.Duration(c.vault.Body.RetentionDays) * 24 * time.Hour)
		s.Deleted, s.Purge = &now, &purge
		return c.show(s, s.Latest(), true, false), SaveSecret(tx, *s)
	})
}

// recover restores a soft-deleted secret.
func (c *call) recover(name string) (response, error) {
	return c.change(rightRecover, name, true, func(tx *store.Tx, s *Secret) (bundle, error) {
		s.Deleted, s.Purge = nil, nil
		return c.show(s, s.Latest(), true, false), SaveSecret(tx, *s)
	})
}

func (c *call) getDeleted(name string) (response, error) {
	var a response
	err := c.server.Store.View(func(tx *store.Tx) error {
		s, err := c.load(tx, rightGetDeleted, name, true)
		if err == nil {
			a = response{http.StatusOK, c.show(s, s.Latest(), true, false)}
		}
		return err
	})
	return a, err
}

// purge deletes a soft-deleted secret permanently.
func (c *call) purge(name string) (response, error) {
	err := c.server.Store.Update(func(tx *store.Tx) error {
		if _, err := c.load(tx, rightPurge, name, true); err != nil {
			return err
		}
		if c.vault.Body.PurgeProtection {
			return failf(http.StatusForbidden, "Forbidden", "Operation \"purge\" is not allowed because purge protection is enabled for this vault.").withInner("PurgeProtectionEnabled")
		}
		return RemoveSecret(tx, c.vault.Name, name)
	})
	return response{status: http.StatusNoContent}, err
}
