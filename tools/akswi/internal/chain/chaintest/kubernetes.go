package chaintest

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"time"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/fake"
	clienttesting "k8s.io/client-go/testing"
	"k8s.io/utils/ptr"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/names/azwi"
)

// Webhook is the mutating webhook of the world's cluster.
type Webhook struct {
	// Registered is true when there is a MutatingWebhookConfiguration, Mutates when it changes
	// pods.
	Registered, Mutates bool
	// Audience that it projects.
	Audience string
	// Before16 makes it mount the token as releases before v1.6.0 did.
	Before16 bool
	// TenantID that it injects; empty is the world's.
	TenantID string
	// NamespaceSelector of the configuration.
	NamespaceSelector map[string]string
	// Refusal instead of an answer.
	Refusal error
}

// Token is what the API server signs.
type Token struct {
	Issuer, Subject, KeyID, Algorithm string
	Issued                            time.Time
	// Lifetime instead of the requested one; 0 is the requested one.
	Lifetime time.Duration
	// Refusal instead of a token.
	Refusal error
}

// addObjects adds the world's objects and reactions to a fake client.
func (w *World) addObjects(client *fake.Clientset) {
	if w.Namespace != nil {
		_ = client.Tracker().Add(w.Namespace)
	}
	if w.Account != nil {
		_ = client.Tracker().Add(w.Account)
	}
	if w.Webhook.Registered {
		_ = client.Tracker().Add(&admissionv1.MutatingWebhookConfiguration{
			ObjectMeta: metav1.ObjectMeta{Name: "azure-wi-webhook-mutating-webhook-configuration"},
			Webhooks: []admissionv1.MutatingWebhook{{
				Name: "mutation.azure-workload-identity.io", FailurePolicy: ptr.To(admissionv1.Fail),
				ObjectSelector:    &metav1.LabelSelector{MatchLabels: map[string]string{azwi.LabelUse: azwi.LabelUseValue}},
				NamespaceSelector: &metav1.LabelSelector{MatchLabels: w.Webhook.NamespaceSelector},
			}},
		})
	}
	client.PrependReactor("create", "pods", w.createPod)
	client.PrependReactor("create", "serviceaccounts", w.createToken)
}

// createPod answers as the API server's admission of a dry-run pod. Everything but a dry run is an
// error: verify changes nothing.
func (w *World) createPod(action clienttesting.Action) (bool, runtime.Object, error) {
	create := action.(clienttesting.CreateActionImpl)
	if !slices.Equal(create.CreateOptions.DryRun, []string{metav1.DryRunAll}) {
		return true, nil, errors.New("a pod was created without dry run")
	}
	if w.Webhook.Refusal != nil {
		return true, nil, w.Webhook.Refusal
	}
	pod := create.Object.(*corev1.Pod).DeepCopy()
	if w.Account == nil || pod.Spec.ServiceAccountName != w.Account.Name {
		return true, nil, apierrors.NewForbidden(corev1.Resource("pods"), pod.GenerateName, errors.New("error looking up service account"))
	}
	if w.Webhook.Registered && w.Webhook.Mutates && pod.Labels[azwi.LabelUse] == azwi.LabelUseValue {
		w.mutate(pod)
	}
	return true, pod, nil
}

// mutate changes a pod as pkg/webhook of azure-workload-identity does.
func (w *World) mutate(pod *corev1.Pod) {
	volume, mount, path, file := "azure-workload-identity-reserved-0123", azwi.TokenMountPath, "token/azure-identity-token", "/token/azure-identity-token"
	if w.Webhook.Before16 {
		volume, mount, path, file = "azure-identity-token", azwi.TokenMountPathBefore16, "azure-identity-token", "/azure-identity-token"
	}
	seconds := int64(azwi.DefaultTokenExpirationSeconds)
	if n, err := strconv.ParseInt(w.Account.Annotations[azwi.AnnotationTokenExpiration], 10, 64); err == nil {
		seconds = n
	}
	tenant := cmp.Or(w.Webhook.TenantID, TenantID)
	if annotated, present := w.Account.Annotations[azwi.AnnotationTenantID]; present {
		tenant = annotated
	}
	c := &pod.Spec.Containers[0]
	for _, e := range [][2]string{
		{azwi.EnvClientID, w.Account.Annotations[azwi.AnnotationClientID]},
		{azwi.EnvTenantID, tenant},
		{azwi.EnvFederatedTokenFile, mount + file},
		{azwi.EnvAuthorityHost, azure.PublicCloud.AuthorityHost()},
	} {
		if e[1] != "" {
			c.Env = append(c.Env, corev1.EnvVar{Name: e[0], Value: e[1]})
		}
	}
	c.VolumeMounts = append(c.VolumeMounts, corev1.VolumeMount{Name: volume, MountPath: mount, ReadOnly: true})
	pod.Spec.Volumes = append(pod.Spec.Volumes, corev1.Volume{Name: volume, VolumeSource: corev1.VolumeSource{
		Projected: &corev1.ProjectedVolumeSource{Sources: []corev1.VolumeProjection{{
			ServiceAccountToken: &corev1.ServiceAccountTokenProjection{Audience: w.Webhook.Audience, ExpirationSeconds: &seconds, Path: path},
		}}},
	}})
}

// createToken answers requests for tokens of service accounts.
func (w *World) createToken(action clienttesting.Action) (bool, runtime.Object, error) {
	if action.GetSubresource() != "token" {
		return false, nil, nil
	}
	if w.Token.Refusal != nil {
		return true, nil, w.Token.Refusal
	}
	request := action.(clienttesting.CreateActionImpl).Object.(*authenticationv1.TokenRequest).DeepCopy()
	request.Status.Token = w.JWT(request.Spec.Audiences, *request.Spec.ExpirationSeconds)
	return true, request, nil
}

// JWT returns the token that the API server issues; its signature is not valid.
func (w *World) JWT(audiences []string, seconds int64) string {
	lifetime := cmp.Or(w.Token.Lifetime, time.Duration(seconds)*time.Second)
	part := func(v any) string {
		raw, _ := json.Marshal(v) // maps of text and numbers always marshal
		return base64.RawURLEncoding.EncodeToString(raw)
	}
	return part(map[string]string{"alg": w.Token.Algorithm, "kid": w.Token.KeyID}) + "." + part(map[string]any{
		"iss": w.Token.Issuer, "sub": w.Token.Subject, "aud": audiences,
		"iat": w.Token.Issued.Unix(), "nbf": w.Token.Issued.Unix(), "exp": w.Token.Issued.Add(lifetime).Unix(),
	}) + ".c2ln"
}
