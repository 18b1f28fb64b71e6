package stacks

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/stacks/internal/strict"
)

// Platform is a stack of program platform (or all) whose cluster workloads run on.
type Platform struct {
	// Stack is the platform's stack, as a StackReference names it: ORGANIZATION/PROJECT/STACK (the
	// organization of a backend of your own is "organization"). Required.
	Stack string `config:"stack"`
	// Key names the platform's cluster in the names of credentials, and must not change: 1 to 63
	// letters, digits, hyphens and underscores. Default: the key that the platform's own stack
	// uses, which its name decides.
	Key string `config:"key"`
}

// stackForm is a stack as a StackReference names it.
var stackForm = regexp.MustCompile(`^[A-Za-z0-9._-]+/[A-Za-z0-9._-]+/[A-Za-z0-9._-]+$`)

// platforms checks the references to other stacks.
func (v *validator) platforms() {
	first := map[string]string{}
	for _, name := range sortedKeys(v.config.Platforms) {
		p, at := v.config.Platforms[name], v.root("platforms").Key(name)
		v.AddError(at, azure.ValidateKey(name))
		if !stackForm.MatchString(p.Stack) {
			v.Add(at.Field("stack"), "is not the full name of a stack: "+strict.Quote(p.Stack),
				"write ORGANIZATION/PROJECT/STACK, with the organization \"organization\" in a backend of your own")
			continue
		}
		if p.Key != "" {
			v.AddError(at.Field("key"), azure.ValidateKey(p.Key))
		}
		if other, taken := first[p.key()]; taken {
			v.Add(at.Field("key"), fmt.Sprintf("is %s, the key of the platform %s too", strict.Quote(p.key()), other),
				"give one of the two another key: it names the cluster in the names of credentials")
			continue
		}
		first[p.key()] = name
	}
}

// platformOutputs lists the outputs of a platform's stack that a stack of workloads needs.
var platformOutputs = []string{"clusterId", "clusterName", "issuerUrl", "tenantId", "kubeconfig", "cloud"}

// registerPlatforms refers to the stacks of the platforms and registers a Kubernetes provider for
// each.
//
// ClusterIdentifier makes the provider, and what is in the cluster with it, follow the cluster when
// the platform's stack has replaced it, and only then. It is the issuer and not the resource id,
// which a new cluster can have in common with the one before. What was in that one has gone with
// it, and DeleteUnreachable lets Pulumi forget it (see cluster.LookupCluster).
func (g *graph) registerPlatforms(ctx *pulumi.Context) error {
	g.platforms = map[string]map[string]pulumi.StringOutput{}
	var unfit []error
	for _, name := range sortedKeys(g.config.Platforms) {
		p := g.config.Platforms[name]
		ref, err := pulumi.NewStackReference(ctx, "platform-"+name, &pulumi.StackReferenceArgs{Name: pulumi.String(p.Stack)})
		if err != nil {
			return fmt.Errorf("referring to the platform %s, stack %s: %w", name, p.Stack, err)
		}
		if err := checkPlatform(ref, p.Stack, string(g.config.Cloud)); err != nil {
			unfit = append(unfit, err)
			continue
		}
		outputs := map[string]pulumi.StringOutput{}
		for _, output := range platformOutputs {
			outputs[output] = ref.GetStringOutput(pulumi.String(output))
		}
		provider, err := kubernetes.NewProvider(ctx, "platform-"+name+"-kubernetes", &kubernetes.ProviderArgs{
			Kubeconfig:            pulumi.ToSecret(outputs["kubeconfig"]).(pulumi.StringOutput),
			ClusterIdentifier:     outputs["issuerUrl"],
			DeleteUnreachable:     pulumi.Bool(true),
			EnableServerSideApply: pulumi.Bool(true),
		})
		if err != nil {
			return fmt.Errorf("registering the Kubernetes provider of the platform %s: %w", name, err)
		}
		g.platforms[name] = outputs
		g.targets = append(g.targets, &target{
			name: name, key: p.key(), id: outputs["clusterId"], issuer: outputs["issuerUrl"],
			tenant: outputs["tenantId"].ToStringPtrOutput(), provider: provider,
		})
	}
	return errors.Join(unfit...)
}

// checkPlatform reports what the stack of a platform lacks. It waits for its outputs, in a preview
// as well, so that a platform that was never deployed is found before anything is registered that
// needs it.
func checkPlatform(ref *pulumi.StackReference, stack, cloud string) error {
	values := map[string]string{}
	var missing []string
	for _, output := range platformOutputs {
		details, err := ref.GetOutputDetails(output)
		if err != nil {
			return fmt.Errorf("reading output %s of the stack %s: %w", output, stack, err)
		}
		text, ok := details.Value.(string)
		if !ok {
			text, _ = details.SecretValue.(string)
		}
		if values[output] = text; text == "" {
			missing = append(missing, output)
		}
	}
	if len(missing) > 0 {
		return fmt.Errorf("the stack %s has no output %s: deploy it with this program first (\"pulumi up\" there), or name another stack in platforms", stack, strings.Join(missing, ", "))
	}
	if theirs := values["cloud"]; theirs != cloud {
		return fmt.Errorf("the stack %s is in %s, but this one is in %s: identities and clusters must be in one cloud", stack, theirs, cloud)
	}
	return nil
}

// key returns the key of the platform's cluster: the same as its own stack uses.
func (p *Platform) key() string {
	return cmp.Or(p.Key, clusterKey(p.Stack[strings.LastIndex(p.Stack, "/")+1:]))
}
