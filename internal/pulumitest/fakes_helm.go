package pulumitest

import (
	"errors"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// checkWebhookValues refuses what the workload-identity-webhook chart, or the API server after it,
// refuses of the chart's values. Source: templates of charts/workload-identity-webhook,
// azure-workload-identity v1.6.0.
func checkWebhookValues(r *Resource) error {
	if !strings.HasSuffix(text(r, "chart", ""), "workload-identity-webhook") {
		return nil
	}
	values := object(r.Inputs["values"])
	if tenant := values["azureTenantID"]; !tenant.IsString() || tenant.StringValue() == "" {
		//lint:ignore ST1005 the chart's own text
		return errors.New("A valid .Values.azureTenantID entry required!")
	}
	// Helm lays the values over the chart's, which have minAvailable: 1, and the template leaves
	// out what is empty or 0.
	budget := resource.PropertyMap{"minAvailable": resource.NewProperty(1.0)}
	for key, value := range object(values["podDisruptionBudget"]) {
		budget[key] = value
	}
	if truthy(budget["minAvailable"]) && truthy(budget["maxUnavailable"]) {
		return errors.New("PodDisruptionBudget is invalid: minAvailable and maxUnavailable cannot be both set")
	}
	return nil
}

// object returns a property's map, or an empty one.
func object(v resource.PropertyValue) resource.PropertyMap {
	if v.IsSecret() {
		v = v.SecretValue().Element
	}
	if !v.IsObject() {
		return nil
	}
	return v.ObjectValue()
}

// truthy reports whether a Go template takes a number or a text for true.
func truthy(v resource.PropertyValue) bool {
	return v.IsNumber() && v.NumberValue() != 0 || v.IsString() && v.StringValue() != ""
}
