package e2e

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"

	"github.com/aks-workload-identity/aks-workload-identity/names/azwi"
)

const (
	shop = "shop"
	// accounts are two workloads in the namespace of another team, which also has made web's
	// service account.
	accounts = `
web:
  serviceAccount: {namespace: shop, createNamespace: false, mode: annotate}
  grants: [{role: Key Vault Secrets User, scope: vault/greeting}]
  secrets: [greeting]
api:
  enabled: false
  serviceAccount: {namespace: shop, createNamespace: false}
`
	lastApplied = "kubectl.kubernetes.io/last-applied-configuration"
	patchForce  = "pulumi.com/patchForce"
)

// TestServiceAccountsOfOthers takes a service account that another team has made with kubectl
// through all modes, and one of the stack from each mode to the next. Carries R9.
func TestServiceAccountsOfOthers(t *testing.T) {
	w := newWorld(t)
	w.setWorkloads(t, "{}")
	w.up(t)
	cluster := w.kubernetes(t)
	made := applyLikeKubectl(t, cluster)
	mode := func(name, mode string) {
		w.editWorkload(t, name, func(config map[string]any) { at(t, config, "serviceAccount")["mode"] = mode })
	}
	enable := func(name string, on bool) {
		w.editWorkload(t, name, func(config map[string]any) { config["enabled"] = on })
	}
	assertKept := func(t *testing.T, account *corev1.ServiceAccount) {
		t.Helper()
		assert.Equal(t, made.UID, account.UID)
		assert.Equal(t, made.ImagePullSecrets, account.ImagePullSecrets)
		assert.Equal(t, made.Labels, account.Labels)
		assert.Equal(t, made.Annotations[lastApplied], account.Annotations[lastApplied])
	}
	w.setWorkloads(t, accounts)

	t.Run("annotate does not take over what another has set", func(t *testing.T) {
		out := w.refused(t, "up")
		assert.Contains(t, out, "conflict with \"kubectl-client-side-apply\"")
		assert.Contains(t, out, azwi.AnnotationClientID)
		assert.Empty(t, cmp.Diff(made, account(t, cluster, "web")), "the refused account was changed")
	})

	t.Run("adopt prevails, and leaves the rest", func(t *testing.T) {
		mode("web", "adopt")
		assert.Contains(t, w.up(t), "proven")
		web := account(t, cluster, "web")
		assertKept(t, web)
		assert.Equal(t, w.outputs(t).Workloads["web"].ClientID, web.Annotations[azwi.AnnotationClientID])
		requireNoChange(t, w.up(t))
		w.requireNoDrift(t)
	})

	t.Run("an update of the adopted account takes nothing away", func(t *testing.T) {
		w.editWorkload(t, "web", func(config map[string]any) { at(t, config, "serviceAccount")["tokenExpirationSeconds"] = 7200 })
		out := w.up(t, "VERIFY_FLAGS=-v")
		assert.Equal(t, map[string]int{"updated": 1}, changes(t, out))
		assert.Contains(t, out, "valid 7200 s")
		web := account(t, cluster, "web")
		assertKept(t, web)
		assert.Equal(t, "7200", web.Annotations[azwi.AnnotationTokenExpiration])
		requireNoChange(t, w.up(t))
	})

	t.Run("an adopted account stays as it is without its workload", func(t *testing.T) {
		before := account(t, cluster, "web")
		enable("web", false)
		w.up(t)
		assert.Empty(t, cmp.Diff(before, account(t, cluster, "web")))
	})

	t.Run("annotate adds its own and takes away its own", func(t *testing.T) {
		removeAnnotations(t, cluster, "web", azwi.AnnotationClientID, azwi.AnnotationTokenExpiration, patchForce)
		before := account(t, cluster, "web")
		enable("web", true)
		mode("web", "annotate")
		assert.Contains(t, w.up(t), "proven")
		web := account(t, cluster, "web")
		assertKept(t, web)
		assert.Equal(t, w.outputs(t).Workloads["web"].ClientID, web.Annotations[azwi.AnnotationClientID])
		assert.Equal(t, "7200", web.Annotations[azwi.AnnotationTokenExpiration])

		enable("web", false)
		w.up(t)
		web = account(t, cluster, "web")
		assertKept(t, web)
		assert.Equal(t, before.Annotations, web.Annotations)
	})

	t.Run("every mode is the same account", func(t *testing.T) {
		enable("api", true)
		w.up(t)
		first := account(t, cluster, "api")
		for _, next := range []string{"adopt", "annotate", "create"} {
			mode("api", next)
			out := w.up(t)
			assert.Contains(t, out, "proven")
			assert.NotContains(t, changes(t, out), "deleted", next)
			api := account(t, cluster, "api")
			assert.Equal(t, first.UID, api.UID, next)
			assert.Equal(t, w.outputs(t).Workloads["api"].ClientID, api.Annotations[azwi.AnnotationClientID], next)
			requireNoChange(t, w.make(t, "preview"))
			w.requireNoDrift(t)
		}
	})

	t.Run("a renamed account leaves its credential before the new one is written", func(t *testing.T) {
		w.editWorkload(t, "api", func(config map[string]any) {
			config["federations"] = []any{map[string]any{"serviceAccount": "api2", "renamedFrom": "shop/api"}}
		})
		out, steps := w.upWithEvents(t, "-credential-")
		assert.Contains(t, out, "proven")
		assert.Contains(t, out, "shop/api2")
		assert.Equal(t, []string{"delete-replaced", "create-replacement"}, operations(steps), "%v", steps)
		assert.Nil(t, account(t, cluster, "api"))
		assert.NotNil(t, account(t, cluster, "api2"))
		requireNoChange(t, w.up(t))
	})

	t.Run("an account is handed over by way of adopt", func(t *testing.T) {
		before := account(t, cluster, "api2")
		require.NotNil(t, before)
		mode("api", "adopt")
		w.up(t)
		mode("api", "existing")
		assert.Contains(t, w.up(t), "proven", "the account still has what it needs")
		after := account(t, cluster, "api2")
		require.NotNil(t, after)
		assert.Equal(t, before.UID, after.UID)
		w.setWorkloads(t, "{}")
		w.up(t)
		assert.NotNil(t, account(t, cluster, "api2"))
	})
	assert.Contains(t, w.down(t), "No resource exists.")
}

// applyLikeKubectl makes a namespace, and in it a service account as `kubectl apply` does: by an
// update under the name kubectl-client-side-apply, with the annotation of what was applied.
func applyLikeKubectl(t *testing.T, cluster kubernetes.Interface) *corev1.ServiceAccount {
	t.Helper()
	_, err := cluster.CoreV1().Namespaces().Create(t.Context(), &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: shop}}, metav1.CreateOptions{})
	require.NoError(t, err)
	web := &corev1.ServiceAccount{
		ObjectMeta: metav1.ObjectMeta{
			Name: "web", Namespace: shop, Labels: map[string]string{"team": "shop"},
			Annotations: map[string]string{
				azwi.AnnotationClientID: "old",
				lastApplied: `{"apiVersion":"v1","imagePullSecrets":[{"name":"registry"}],"kind":"ServiceAccount","metadata":{"annotations":` +
					`{"azure.workload.identity/client-id":"old"},"labels":{"team":"shop"},"name":"web","namespace":"shop"}}` + "\n",
			},
		},
		ImagePullSecrets: []corev1.LocalObjectReference{{Name: "registry"}},
	}
	web, err = cluster.CoreV1().ServiceAccounts(shop).Create(t.Context(), web, metav1.CreateOptions{FieldManager: "kubectl-client-side-apply"})
	require.NoError(t, err)
	return web
}

// account returns a service account in the shop, or nil.
func account(t *testing.T, cluster kubernetes.Interface, name string) *corev1.ServiceAccount {
	t.Helper()
	list, err := cluster.CoreV1().ServiceAccounts(shop).List(t.Context(), metav1.ListOptions{FieldSelector: "metadata.name=" + name})
	require.NoError(t, err)
	if len(list.Items) == 0 {
		return nil
	}
	return &list.Items[0]
}

// removeAnnotations takes annotations away as `kubectl annotate` does.
func removeAnnotations(t *testing.T, cluster kubernetes.Interface, name string, keys ...string) {
	t.Helper()
	patch := `{"metadata":{"annotations":{`
	for i, key := range keys {
		if i > 0 {
			patch += ","
		}
		patch += `"` + key + `":null`
	}
	_, err := cluster.CoreV1().ServiceAccounts(shop).Patch(t.Context(), name, types.MergePatchType, []byte(patch+"}}}"), metav1.PatchOptions{FieldManager: "kubectl-annotate"})
	require.NoError(t, err)
}

// operations returns the steps without the resources' names, and without the "replace" that only
// announces the two others.
func operations(steps []string) []string {
	var list []string
	for _, step := range steps {
		if operation, _, _ := strings.Cut(step, " "); operation != "replace" {
			list = append(list, operation)
		}
	}
	return list
}
