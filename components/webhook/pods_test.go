package webhook_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/webhook"
)

func TestInvalidPods(t *testing.T) {
	type args = webhook.WebhookReleaseArgs
	toleration := func(t webhook.TolerationArgs) args { return args{Tolerations: []webhook.TolerationArgs{t}} }
	spread := func(list ...webhook.TopologySpreadArgs) args { return args{TopologySpread: list} }
	refused(t, map[string]invalid{
		"a pull secret has a name":                    one(args{ImagePullSecrets: pulumi.ToStringArray([]string{"ok", "Not OK"})}, "imagePullSecrets[1]", "webhook's namespace"),
		"a node label has a key":                      one(args{NodeSelector: pulumi.StringMap{"a/b/c": pulumi.String("x")}}, "nodeSelector.a/b/c", "is not allowed"),
		"a node label has a value of its form":        one(args{NodeSelector: pulumi.StringMap{"pool": pulumi.String("a b")}}, "nodeSelector.pool", "is not allowed"),
		"a toleration of a key without a key":         one(toleration(webhook.TolerationArgs{Value: pulumi.String("x")}), "tolerations[0].key", "use operator Exists"),
		"an operator that tolerations do not have":    one(toleration(webhook.TolerationArgs{Key: pulumi.String("a"), Operator: pulumi.String("In")}), "tolerations[0].operator", "Equal, Exists"),
		"Exists compares with nothing":                one(toleration(webhook.TolerationArgs{Key: pulumi.String("a"), Operator: pulumi.String("Exists"), Value: pulumi.String("x")}), "tolerations[0].value", "takes no value"),
		"an effect that taints do not have":           one(toleration(webhook.TolerationArgs{Key: pulumi.String("a"), Effect: pulumi.String("NoExec")}), "tolerations[0].effect", "NoExecute"),
		"seconds are for pods that run":               one(toleration(webhook.TolerationArgs{Key: pulumi.String("a"), TolerationSeconds: pulumi.Int(5)}), "tolerations[0].tolerationSeconds", "set effect to NoExecute"),
		"a taint's key has the form of labels":        one(toleration(webhook.TolerationArgs{Key: pulumi.String("a b")}), "tolerations[0].key", "is not allowed"),
		"a taint's value has the form of labels":      one(toleration(webhook.TolerationArgs{Key: pulumi.String("a"), Value: pulumi.String("a b")}), "tolerations[0].value", "is not allowed"),
		"a spread over nothing":                       one(spread(webhook.TopologySpreadArgs{}), "topologySpread[0].topologyKey", "is required"),
		"a spread over a label without a name":        one(spread(webhook.TopologySpreadArgs{TopologyKey: pulumi.String("")}), "topologySpread[0].topologyKey", "is not allowed"),
		"a negative skew":                             one(spread(webhook.TopologySpreadArgs{TopologyKey: pulumi.String("a"), MaxSkew: pulumi.Int(-1)}), "topologySpread[0].maxSkew", "leave it out for 1"),
		"a mode that the scheduler does not have":     one(spread(webhook.TopologySpreadArgs{TopologyKey: pulumi.String("a"), WhenUnsatisfiable: pulumi.String("Maybe")}), "topologySpread[0].whenUnsatisfiable", "ScheduleAnyway, DoNotSchedule"),
		"Kubernetes takes a spread once":              one(spread(webhook.TopologySpreadArgs{TopologyKey: pulumi.String("a")}, webhook.TopologySpreadArgs{TopologyKey: pulumi.String("a"), WhenUnsatisfiable: pulumi.String(webhook.ScheduleAnyway)}), "topologySpread[1]", "allows the pair once"),
		"the chart's selector would match other pods": one(args{PodLabels: pulumi.StringMap{"app": pulumi.String("x")}}, "podLabels.app", "sets it itself"),
		"the webhook cannot admit its own first pod":  one(args{PodLabels: pulumi.StringMap{"azure.workload.identity/use": pulumi.String("true")}}, `podLabels["azure.workload.identity/use"]`, "none could ever start"),
		"a pod label has a value of its form":         one(args{PodLabels: pulumi.StringMap{"team": pulumi.String("we & you")}}, "podLabels.team", "is not allowed"),
		"an annotation has a key":                     one(args{PodAnnotations: pulumi.StringMap{"": pulumi.String("x")}}, `podAnnotations[""]`, "is not allowed"),
		"an annotation of the webhook has a key":      one(args{WebhookAnnotations: pulumi.StringMap{"a/b/c": pulumi.String("x")}}, "webhookAnnotations.a/b/c", "is not allowed"),
	})
}
