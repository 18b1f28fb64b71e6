// Package region holds what Azure's regions offer to the sandbox's subscription: Kubernetes
// versions, VM sizes with their zones, quotas, resource providers and the subscription's own state.
// Reads (what `az aks get-versions` or `az vm list-skus` show) and writes (what the creation of a
// cluster is refused for) answer from here, so that they agree.
//
// Settings change each of them, so that a check before a deployment, and the deployment itself, can
// be seen to fail.
package region

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
)

// Settings are what differs from a subscription in which everything works. Their zero value is such
// a subscription.
type Settings struct {
	// SubscriptionState is Enabled (the default), Warned, PastDue, Disabled or Deleted. Writes need
	// one of the first three
	// (https://learn.microsoft.com/azure/cost-management-billing/manage/subscription-states).
	SubscriptionState string `json:"subscriptionState,omitempty"`
	// KubernetesVersions maps minor versions, such as 1.34, to the support plans in which they are
	// offered; an empty list withdraws a version.
	KubernetesVersions map[string][]string `json:"kubernetesVersions,omitempty"`
	// VMSizes restricts sizes, by name.
	VMSizes map[string]SizeSetting `json:"vmSizes,omitempty"`
	// Quotas are limits of vCPUs by their name in `az vm list-usage`: cores, lowPriorityCores, or a
	// family such as standardDSv5Family.
	Quotas map[string]int `json:"quotas,omitempty"`
	// Providers maps namespaces to a registration state: Registered (the default), NotRegistered,
	// Registering or Unregistered.
	Providers map[string]string `json:"providers,omitempty"`
	// Policies are assignments of Azure Policy to the subscription whose effect is deny.
	Policies []Policy `json:"policies,omitempty"`
	// TakenNames are names of vaults in other subscriptions.
	TakenNames []string `json:"takenNames,omitempty"`
	// DeployerRoles are the roles of the deployer at the subscription, by name. Default: Owner.
	DeployerRoles *[]string `json:"deployerRoles,omitempty"`
	// DeployerGraphRoles are the deployer's application permissions for Microsoft Graph. Default:
	// Application.ReadWrite.All.
	DeployerGraphRoles *[]string `json:"deployerGraphRoles,omitempty"`
}

// SizeSetting restricts a VM size.
type SizeSetting struct {
	// Restricted refuses the size to the subscription (NotAvailableForSubscription).
	Restricted bool `json:"restricted,omitempty"`
	// Zones are the only availability zones in which it can be had.
	Zones *[]string `json:"zones,omitempty"`
}

var (
	subscriptionStates = []string{"", "Enabled", "Warned", "PastDue", "Disabled", "Deleted"}
	registrationStates = []string{Registered, "NotRegistered", "Registering", "Unregistered"}
)

const settingsKey = "settings"

// Parse reads settings strictly: an unknown key or value is an error that names it.
func Parse(raw []byte) (Settings, error) {
	var s Settings
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&s); err != nil {
		return Settings{}, fmt.Errorf("the settings are not as documented in docs/sandbox.md: %w", err)
	}
	return s, s.check()
}

func (s Settings) check() error {
	if !slices.Contains(subscriptionStates, s.SubscriptionState) {
		return fmt.Errorf("subscriptionState: %q is none of %s", s.SubscriptionState, strings.Join(subscriptionStates[1:], ", "))
	}
	for version, plans := range s.KubernetesVersions {
		if !slices.ContainsFunc(minors, func(m Minor) bool { return m.Version == version }) {
			return fmt.Errorf("kubernetesVersions: the sandbox has no version %q, only %s to %s", version, minors[0].Version, minors[len(minors)-1].Version)
		}
		for _, plan := range plans {
			if plan != PlanOfficial && plan != PlanLongTerm {
				return fmt.Errorf("kubernetesVersions.%s: %q is neither %s nor %s", version, plan, PlanOfficial, PlanLongTerm)
			}
		}
	}
	for name, size := range s.VMSizes {
		if _, ok := FindSize(name); !ok {
			return fmt.Errorf("vmSizes: the sandbox has no size %q", name)
		}
		if size.Zones != nil {
			for _, zone := range *size.Zones {
				if !slices.Contains([]string{"1", "2", "3"}, zone) {
					return fmt.Errorf("vmSizes.%s.zones: %q is none of 1, 2, 3", name, zone)
				}
			}
		}
	}
	for name, limit := range s.Quotas {
		if _, ok := defaultLimit(name); !ok || limit < 0 {
			return fmt.Errorf("quotas: %q with limit %d is no quota of the sandbox", name, limit)
		}
	}
	for namespace, state := range s.Providers {
		if _, ok := findProvider(namespace); !ok {
			return fmt.Errorf("providers: the sandbox has no resource provider %q", namespace)
		}
		if !slices.Contains(registrationStates, state) {
			return fmt.Errorf("providers.%s: %q is none of %s", namespace, state, strings.Join(registrationStates, ", "))
		}
	}
	for i, p := range s.Policies {
		if err := p.check(); err != nil {
			return fmt.Errorf("policies[%d]: %w", i, err)
		}
	}
	return nil
}

// Load reads the settings; the zero value if none are stored.
func Load(tx *store.Tx) (Settings, error) {
	var s Settings
	_, err := tx.Get(store.Meta, settingsKey, &s)
	return s, err
}

// Save replaces the settings.
func Save(tx *store.Tx, s Settings) error { return tx.Put(store.Meta, settingsKey, s) }

// State returns the state of the subscription.
func (s Settings) State() string {
	if s.SubscriptionState == "" {
		return "Enabled"
	}
	return s.SubscriptionState
}

// Writable reports whether the subscription's state allows writes.
func (s Settings) Writable() bool {
	return slices.Contains([]string{"Enabled", "Warned", "PastDue"}, s.State())
}

// Taken reports whether a vault of another subscription has the name.
func (s Settings) Taken(name string) bool {
	return slices.ContainsFunc(s.TakenNames, func(t string) bool { return strings.EqualFold(t, name) })
}
