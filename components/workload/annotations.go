package workload

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/internal/metadata"
	"github.com/aks-workload-identity/aks-workload-identity/internal/known"
	"github.com/aks-workload-identity/aks-workload-identity/names/azwi"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

// tenantOf returns the tenant that the webhook of a target injects, or nil for the identity's own.
func (r *registration) tenantOf(t *Target) pulumi.StringPtrInput {
	if t.TenantId != nil {
		return t.TenantId
	}
	return r.args.TenantId
}

// tenants returns the tenants that the webhooks of all clusters inject.
func (r *registration) tenants() []pulumi.StringPtrInput {
	list := []pulumi.StringPtrInput{r.args.TenantId}
	for i := range r.args.Targets {
		list = append(list, r.args.Targets[i].TenantId)
	}
	return list
}

// accountAnnotations returns how to annotate the service accounts of a target, the caller's
// annotations included. Accounts of one target share them.
func (r *registration) accountAnnotations(id *identity) func(*Target) pulumi.StringMapInput {
	known := map[*Target]pulumi.StringMapInput{}
	return func(t *Target) pulumi.StringMapInput {
		if _, done := known[t]; !done {
			known[t] = metadata.Merge(r.account.Annotations, r.annotations(id, r.tenantOf(t)))
		}
		return known[t]
	}
}

// annotations returns what the webhook reads from a service account in clusters whose webhooks
// inject these tenants; nil stands for the identity's own. The identity's tenant is among them
// unless all webhooks inject it: where it is not needed, it does no harm.
//
// While the set of keys is known, each value is a separate input, so that a preview shows the known
// ones. If an output or the comparison of tenants decides about a key, they all wait for it.
func (r *registration) annotations(id *identity, tenants ...pulumi.StringPtrInput) pulumi.StringMapInput {
	a := &r.account
	all := pulumi.StringMap{azwi.AnnotationClientID: id.clientID}
	seconds, secondsKnown := known.Int(a.TokenExpirationSeconds)
	if secondsKnown {
		all[azwi.AnnotationTokenExpiration] = pulumi.String(strconv.Itoa(seconds))
	}
	annotate, annotateKnown := known.Bool(a.AnnotateTenant)
	if annotate {
		all[azwi.AnnotationTenantID] = id.tenantID.ApplyT(checkedTenant).(pulumi.StringOutput)
	}
	secondsLater := a.TokenExpirationSeconds != nil && !secondsKnown
	annotateLater := a.AnnotateTenant != nil && !annotateKnown
	webhooks := pulumi.StringArray{}
	for _, tenant := range tenants {
		if tenant != nil {
			webhooks = append(webhooks, tenant.ToStringPtrOutput().Elem())
		}
	}
	compare := len(webhooks) > 0 && !annotate
	if !secondsLater && !annotateLater && !compare {
		return all
	}
	later := pulumi.Int(0).ToIntOutput()
	if secondsLater {
		later = a.TokenExpirationSeconds.ToIntPtrOutput().Elem()
	}
	return pulumi.All(all, id.tenantID, webhooks, later, orFalse(a.AnnotateTenant)).ApplyT(
		func(values []any) (map[string]string, error) {
			resolved := maps.Clone(values[0].(map[string]string))
			if seconds := values[3].(int); seconds != 0 {
				if err := azwi.ValidateTokenExpiration(seconds); err != nil {
					return nil, r.about("serviceAccount.tokenExpirationSeconds", err)
				}
				resolved[azwi.AnnotationTokenExpiration] = strconv.Itoa(seconds)
			}
			own := values[1].(string)
			elsewhere := slices.ContainsFunc(values[2].([]string), func(t string) bool { return !strings.EqualFold(own, t) })
			if !elsewhere && !values[4].(bool) {
				return resolved, nil
			}
			tenant, err := checkedTenant(own)
			resolved[azwi.AnnotationTenantID] = tenant
			return resolved, err
		}).(pulumi.StringMapOutput)
}

// checkedTenant refuses an empty tenant: with an empty annotation the webhook injects an empty
// AZURE_TENANT_ID.
func checkedTenant(tenant string) (string, error) {
	if tenant == "" {
		return "", problem.New("the identity has no tenant id, and an empty tenant-id annotation would take AZURE_TENANT_ID out of every pod", "leave out tenantId and serviceAccount.annotateTenant")
	}
	return tenant, nil
}

// orFalse returns a setting that is false by default.
func orFalse(in pulumi.BoolPtrInput) pulumi.BoolOutput {
	if in == nil {
		return pulumi.Bool(false).ToBoolOutput()
	}
	return in.ToBoolPtrOutput().Elem()
}
