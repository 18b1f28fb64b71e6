package workload

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/internal/known"
	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/names/kube"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

func (args *FederatedWorkloadArgs) validateFederations(l *problem.List) {
	enabled := 0
	seen := federationIndex{ids: map[string]int{}, trusts: map[string]int{}, providers: map[string]int{}}
	for i := range args.Federations {
		f, path := &args.Federations[i], problem.Path("federations").Index(i)
		if f.enabled() {
			enabled++
		}
		f.validate(l, path, args.AllowDefaultServiceAccount)
		seen.add(l, path, i, args.Federations)
	}
	if enabled > azure.MaxFederatedCredentials {
		l.Add("federations", fmt.Sprintf("%d federations are enabled", enabled), fmt.Sprintf("an identity holds at most %d federated credentials; share a service account between pods, split the workload over several identities with the same grants, or see whether AKS identity bindings suit you, which this component does not set up", azure.MaxFederatedCredentials))
	}
}

func (f *FederationArgs) validate(l *problem.List, path problem.Path, allowDefault bool) {
	if f.Key == "" {
		l.Add(path+".key", "a short name of the cluster is required", "it names the credential for the life of the cluster")
	} else {
		l.AddError(path+".key", azure.ValidateKey(f.Key))
	}
	l.AddError(path+".namespace", kube.ValidateNamespace(f.Namespace))
	l.AddError(path+".serviceAccount", kube.ValidateServiceAccount(f.ServiceAccount))
	if f.ServiceAccount == "default" && !allowDefault {
		l.Add(path+".serviceAccount", fmt.Sprintf("\"default\" is the service account of every pod in %s that names none, and would give them all the identity", f.Namespace), "use one of its own, or set allowDefaultServiceAccount")
	}
	if f.Issuer == nil {
		l.Add(path+".issuer", "an issuer is required", "pass the cluster's issuerUrl output")
	}
	if issuer, ok := known.String(f.Issuer); ok {
		l.AddError(path+".issuer", azure.ValidateIssuer(issuer))
	}
	if f.Audience != "" {
		l.AddError(path+".audience", azure.ValidateAudience(f.Audience))
	}
	if n := len([]rune(f.Description)); n > azure.MaxFederatedFieldLength {
		l.Add(path+".description", fmt.Sprintf("the description has %d characters", n), fmt.Sprintf("Entra allows at most %d", azure.MaxFederatedFieldLength))
	}
	if !slices.Contains(ServiceAccountModes(), f.mode()) {
		l.Add(path+".serviceAccountMode", fmt.Sprintf("%q is not allowed", f.ServiceAccountMode), fmt.Sprintf("use one of %s", strings.Join(ServiceAccountModes(), ", ")))
		return
	}
	if f.inCluster() && absent(f.KubernetesProvider) {
		l.Add(path+".kubernetesProvider", "a Kubernetes provider is required to create or change the service account or namespace", fmt.Sprintf("pass the cluster's, or set serviceAccountMode to %q and createNamespace to false", ExistingServiceAccount))
	}
	for i, r := range f.After {
		if absent(r) {
			l.Add(path.Field("after").Index(i), "there is no resource to wait for", "leave it out")
		}
	}
}

// federationIndex finds federations that get in each other's way.
type federationIndex struct {
	ids       map[string]int // key, namespace, service account -> federation
	trusts    map[string]int // issuer, subject -> federation
	providers map[string]int // key -> federation with a provider
}

func (x *federationIndex) add(l *problem.List, path problem.Path, i int, all []FederationArgs) {
	f := &all[i]
	if j, taken := x.ids[f.id()]; taken {
		l.Add(path, fmt.Sprintf("federations[%d] has the same key, namespace and service account", j), "Entra allows the combination once per identity")
		return
	}
	x.ids[f.id()] = i

	if issuer, ok := known.String(f.Issuer); ok && f.enabled() {
		trust := issuer + "\x00" + kube.Subject(f.Namespace, f.ServiceAccount)
		if j, taken := x.trusts[trust]; taken {
			l.Add(path+".issuer", fmt.Sprintf("federations[%d] has the same issuer and subject under another key", j), "Entra allows the combination once per identity")
		} else {
			x.trusts[trust] = i
		}
	}

	if absent(f.KubernetesProvider) {
		return
	}
	j, known := x.providers[f.Key]
	if !known {
		x.providers[f.Key] = i
		return
	}
	if !sameProvider(all[j].KubernetesProvider, f.KubernetesProvider) {
		l.Add(path+".kubernetesProvider", fmt.Sprintf("federations[%d] has the same key %q and another Kubernetes provider", j, f.Key), "a key names one cluster")
	}
}

// sameProvider compares identities: the types behind the interface are pointers.
func sameProvider(a, b pulumi.ProviderResource) bool { return a == b }
