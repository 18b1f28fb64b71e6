package workload

import (
	"maps"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/internal/known"
	"github.com/aks-workload-identity/aks-workload-identity/names/azwi"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

// annotations returns what the webhook reads from a service account.
//
// While the set of keys is known, each value is a separate input, so that a preview shows the known
// ones. If an output or the comparison of tenants decides about a key, they all wait for it.
func (r *registration) annotations(id *identity) pulumi.StringMapInput {
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
	compare := r.args.TenantId != nil && !annotate
	if !secondsLater && !annotateLater && !compare {
		return all
	}
	webhookTenant, later := id.tenantID, pulumi.Int(0).ToIntOutput()
	if r.args.TenantId != nil {
		webhookTenant = r.args.TenantId.ToStringPtrOutput().Elem()
	}
	if secondsLater {
		later = a.TokenExpirationSeconds.ToIntPtrOutput().Elem()
	}
	return pulumi.All(all, id.tenantID, webhookTenant, later, orFalse(a.AnnotateTenant)).ApplyT(
		func(values []any) (map[string]string, error) {
			resolved := maps.Clone(values[0].(map[string]string))
			if seconds := values[3].(int); seconds != 0 {
				if err := azwi.ValidateTokenExpiration(seconds); err != nil {
					return nil, r.about("serviceAccount.tokenExpirationSeconds", err)
				}
				resolved[azwi.AnnotationTokenExpiration] = strconv.Itoa(seconds)
			}
			own := values[1].(string)
			if strings.EqualFold(own, values[2].(string)) && !values[4].(bool) {
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
