package workload

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/internal/known"
	"github.com/aks-workload-identity/aks-workload-identity/components/internal/problems"
	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/names/kube"
)

func (args *FederatedWorkloadArgs) validateFederations(l *problems.List) {
	enabled := 0
	seen := federationIndex{ids: map[string]int{}, trusts: map[string]int{}, providers: map[string]int{}}
	for i := range args.Federations {
		f, path := &args.Federations[i], fmt.Sprintf("federations[%d]", i)
		if f.enabled() {
			enabled++
		}
		f.validate(l, path, args.AllowDefaultServiceAccount)
		seen.add(l, path, i, args.Federations)
	}
	if enabled > azure.MaxFederatedCredentials {
		l.Addf("federations", "%d federations are enabled: an identity holds at most %d federated credentials; share a service account between pods, split the workload over several identities with the same grants, or see whether AKS identity bindings suit you, which this component does not set up", enabled, azure.MaxFederatedCredentials)
	}
}

func (f *FederationArgs) validate(l *problems.List, path string, allowDefault bool) {
	if f.Key == "" {
		l.Addf(path+".key", "a short name of the cluster is required: it names the credential for the life of the cluster")
	} else {
		l.Add(path+".key", azure.ValidateKey(f.Key))
	}
	l.Add(path+".namespace", kube.ValidateNamespace(f.Namespace))
	l.Add(path+".serviceAccount", kube.ValidateServiceAccount(f.ServiceAccount))
	if f.ServiceAccount == "default" && !allowDefault {
		l.Addf(path+".serviceAccount", "\"default\" is the service account of every pod in %s that names none, and would give them all the identity: use one of its own, or set allowDefaultServiceAccount", f.Namespace)
	}
	if f.Issuer == nil {
		l.Addf(path+".issuer", "an issuer is required: pass the cluster's issuerUrl output")
	}
	if issuer, ok := known.String(f.Issuer); ok {
		l.Add(path+".issuer", azure.ValidateIssuer(issuer))
	}
	if f.Audience != "" {
		l.Add(path+".audience", azure.ValidateAudience(f.Audience))
	}
	if n := len([]rune(f.Description)); n > azure.MaxFederatedFieldLength {
		l.Addf(path+".description", "the description has %d characters: Entra allows at most %d", n, azure.MaxFederatedFieldLength)
	}
	if !slices.Contains(ServiceAccountModes(), f.mode()) {
		l.Addf(path+".serviceAccountMode", "%q is not allowed: use one of %s", f.ServiceAccountMode, strings.Join(ServiceAccountModes(), ", "))
		return
	}
	if f.inCluster() && absent(f.KubernetesProvider) {
		l.Addf(path+".kubernetesProvider", "a Kubernetes provider is required to create or change the service account or namespace: pass the cluster's, or set serviceAccountMode to %q and createNamespace to false", ExistingServiceAccount)
	}
	for i, r := range f.After {
		if absent(r) {
			l.Addf(fmt.Sprintf("%s.after[%d]", path, i), "there is no resource to wait for: leave it out")
		}
	}
}

// federationIndex finds federations that get in each other's way.
type federationIndex struct {
	ids       map[string]int // key, namespace, service account -> federation
	trusts    map[string]int // issuer, subject -> federation
	providers map[string]int // key -> federation with a provider
}

func (x *federationIndex) add(l *problems.List, path string, i int, all []FederationArgs) {
	f := &all[i]
	if j, taken := x.ids[f.id()]; taken {
		l.Addf(path, "federations[%d] has the same key, namespace and service account: Entra allows the combination once per identity", j)
		return
	}
	x.ids[f.id()] = i

	if issuer, ok := known.String(f.Issuer); ok && f.enabled() {
		trust := issuer + "\x00" + kube.Subject(f.Namespace, f.ServiceAccount)
		if j, taken := x.trusts[trust]; taken {
			l.Addf(path+".issuer", "federations[%d] has the same issuer and subject under another key: Entra allows the combination once per identity", j)
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
		l.Addf(path+".kubernetesProvider", "federations[%d] has the same key %q and another Kubernetes provider: a key names one cluster", j, f.Key)
	}
}

// sameProvider compares identities: the types behind the interface are pointers.
func sameProvider(a, b pulumi.ProviderResource) bool { return a == b }
