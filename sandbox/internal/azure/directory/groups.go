package directory

import (
	"slices"
	"strings"
	"time"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
)

// Group is a security group. Its members are service principals; the sandbox has no nested groups.
type Group struct {
	ID          string    `json:"id"`
	DisplayName string    `json:"displayName"`
	Nickname    string    `json:"mailNickname"`
	Description string    `json:"description,omitempty"`
	Members     []string  `json:"members,omitempty"` // object IDs
	Created     time.Time `json:"created"`
}

// groupPrefix begins the keys of groups in the bucket Meta: too few are created for a bucket of
// groups.
const groupPrefix = "group/"

func groupKey(objectID string) string { return groupPrefix + strings.ToLower(objectID) }

// GetGroup reads a group; nil if there is none.
func GetGroup(tx *store.Tx, objectID string) (*Group, error) {
	var g Group
	ok, err := tx.Get(store.Meta, groupKey(objectID), &g)
	if err != nil || !ok {
		return nil, err
	}
	return &g, nil
}

// Groups lists all groups.
func Groups(tx *store.Tx) ([]Group, error) { return store.List[Group](tx, store.Meta, groupPrefix) }

// PutGroup writes a group.
func PutGroup(tx *store.Tx, g Group) error { return tx.Put(store.Meta, groupKey(g.ID), g) }

// RemoveGroup removes a group. It is no error if there is none.
func RemoveGroup(tx *store.Tx, objectID string) error {
	return tx.Delete(store.Meta, groupKey(objectID))
}

// GroupsOf lists the object IDs of the groups that a principal is a member of.
func GroupsOf(tx *store.Tx, objectID string) ([]string, error) {
	all, err := Groups(tx)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, g := range all {
		if slices.ContainsFunc(g.Members, func(m string) bool { return strings.EqualFold(m, objectID) }) {
			ids = append(ids, g.ID)
		}
	}
	return ids, nil
}
