package azure

import (
	"fmt"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/rules"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
)

// strictnessKey is the key of the rules that are out of force, in the bucket of the tenant.
const strictnessKey = "strictness"

// RuleState is a rule with whether it is in force.
type RuleState struct {
	ID       string         `json:"id"`
	Evidence rules.Evidence `json:"evidence"`
	Says     string         `json:"says"`
	Source   string         `json:"source"`
	On       bool           `json:"on"`
}

// Strictness lists the rules.
func (a *Azure) Strictness() []RuleState {
	var list []RuleState
	for _, r := range rules.All() {
		list = append(list, RuleState{ID: r.ID, Evidence: r.Evidence, Says: r.Says, Source: r.Source, On: r.On()})
	}
	return list
}

// SetStrictness puts the named rules out of force and all others in force. Only rules that are
// inferred can be named. The choice survives a restart.
func (a *Azure) SetStrictness(off []string) error {
	if err := rules.SetOff(off); err != nil {
		return err
	}
	err := a.store.Update(func(tx *store.Tx) error { return tx.Put(store.Meta, strictnessKey, off) })
	if err != nil {
		return fmt.Errorf("strictness: %w", err)
	}
	return nil
}

// loadStrictness applies the stored choice. A rule that no longer exists, or is no longer inferred,
// is in force.
func loadStrictness(s *store.Store) error {
	var off []string
	err := s.View(func(tx *store.Tx) error {
		_, err := tx.Get(store.Meta, strictnessKey, &off)
		return err
	})
	if err != nil {
		return fmt.Errorf("strictness: %w", err)
	}
	var valid []string
	for _, r := range rules.All() {
		for _, id := range off {
			if r.ID == id && r.Evidence == rules.Inferred {
				valid = append(valid, id)
			}
		}
	}
	return rules.SetOff(valid)
}
