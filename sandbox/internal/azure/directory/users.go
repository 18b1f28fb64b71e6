package directory

import (
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
)

// User is a person of the tenant. Nobody signs in as one over HTTP, because the sandbox has no
// passwords; package azure issues their tokens.
type User struct {
	ID   string `json:"id"`
	Name string `json:"userPrincipalName"`
	// Roles are the template ids of the Entra roles that the user has in the whole tenant.
	Roles []string `json:"roles,omitempty"`
}

// userPrefix begins the keys of users in the bucket Meta, as groupPrefix does for groups.
const userPrefix = "user/"

// GetUser reads a user; nil if there is none.
func GetUser(tx *store.Tx, objectID string) (*User, error) {
	var u User
	ok, err := tx.Get(store.Meta, userPrefix+strings.ToLower(objectID), &u)
	if err != nil || !ok {
		return nil, err
	}
	return &u, nil
}

// PutUser writes a user.
func PutUser(tx *store.Tx, u User) error {
	return tx.Put(store.Meta, userPrefix+strings.ToLower(u.ID), u)
}

// Settings are the tenant's settings about what every user may do.
type Settings struct {
	// UsersMayNotRegister is the opposite of allowedToCreateApps ("Users can register
	// applications").
	UsersMayNotRegister bool `json:"usersMayNotRegister,omitempty"`
}

const settingsKey = "settings"

// GetSettings reads the tenant's settings.
func GetSettings(tx *store.Tx) (Settings, error) {
	var s Settings
	_, err := tx.Get(store.Meta, settingsKey, &s)
	return s, err
}

// PutSettings writes the tenant's settings.
func PutSettings(tx *store.Tx, s Settings) error { return tx.Put(store.Meta, settingsKey, s) }
