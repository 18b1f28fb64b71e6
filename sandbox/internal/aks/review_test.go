package aks

import (
	"context"
	"encoding/json"
	"errors"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	authenticationv1 "k8s.io/api/authentication/v1"
	authorizationv1 "k8s.io/api/authorization/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/fake"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure"
)

// fakeAccess accepts one token and lets its user read.
type fakeAccess struct{ asked []azure.ClusterAttempt }

func (f *fakeAccess) Authenticate(_ context.Context, token string) (*azure.ClusterUser, error) {
	switch token {
	case "good":
		return &azure.ClusterUser{Name: "someone", Groups: []string{"admins"}}, nil
	case "broken":
		return nil, errors.New("secret-token in an error")
	}
	return nil, nil
}

func (f *fakeAccess) Authorize(_ context.Context, a azure.ClusterAttempt) (bool, string, error) {
	f.asked = append(f.asked, a)
	return a.Verb == "get", "reading only", nil
}

func ask[T any](t *testing.T, access *fakeAccess, path string, review T) (T, int) {
	t.Helper()
	body, err := json.Marshal(review)
	if err != nil {
		t.Fatal(err)
	}
	rec := httptest.NewRecorder()
	reviewer{access}.ServeHTTP(rec, httptest.NewRequest("POST", "https://127.0.0.1"+path, strings.NewReader(string(body))))
	var answer T
	if rec.Code == 200 {
		if err := json.Unmarshal(rec.Body.Bytes(), &answer); err != nil {
			t.Fatal(err)
		}
	}
	if strings.Contains(rec.Body.String(), "good") || strings.Contains(rec.Body.String(), "secret-token") {
		t.Errorf("the answer repeats a token: %s", rec.Body)
	}
	return answer, rec.Code
}

func TestReviewer(t *testing.T) {
	access := &fakeAccess{}
	for token, want := range map[string]struct {
		code   int
		status authenticationv1.TokenReviewStatus
	}{
		"good": {200, authenticationv1.TokenReviewStatus{Authenticated: true, User: authenticationv1.UserInfo{
			Username: "someone", Groups: []string{"admins"}, Extra: map[string]authenticationv1.ExtraValue{"oid": {"someone"}},
		}}},
		"other":  {200, authenticationv1.TokenReviewStatus{}},
		"broken": {500, authenticationv1.TokenReviewStatus{}},
	} {
		got, code := ask(t, access, authenticatePath, authenticationv1.TokenReview{Spec: authenticationv1.TokenReviewSpec{Token: token}})
		if diff := cmp.Diff(want.status, got.Status); diff != "" || code != want.code {
			t.Errorf("%s: %d -want +got:\n%s", token, code, diff)
		}
	}
	spec := authorizationv1.SubjectAccessReviewSpec{User: "u", Groups: []string{"g"}, ResourceAttributes: &authorizationv1.ResourceAttributes{
		Verb: "get", Namespace: "n", Group: "apps", Resource: "deployments", Subresource: "scale",
	}}
	if got, _ := ask(t, access, authorizePath, authorizationv1.SubjectAccessReview{Spec: spec}); !got.Status.Allowed {
		t.Errorf("reading: %+v", got.Status)
	}
	spec = authorizationv1.SubjectAccessReviewSpec{User: "u", NonResourceAttributes: &authorizationv1.NonResourceAttributes{Verb: "post", Path: "/x"}}
	if got, _ := ask(t, access, authorizePath, authorizationv1.SubjectAccessReview{Spec: spec}); got.Status.Allowed || got.Status.Reason != "reading only" {
		t.Errorf("writing: %+v", got.Status)
	}
	if diff := cmp.Diff([]azure.ClusterAttempt{
		{User: "u", Groups: []string{"g"}, Verb: "get", Namespace: "n", Group: "apps", Resource: "deployments", Subresource: "scale"},
		{User: "u", Verb: "post", Path: "/x"},
	}, access.asked); diff != "" {
		t.Errorf("what was asked -want +got:\n%s", diff)
	}
	if _, code := ask(t, access, "/other", authenticationv1.TokenReview{}); code != 404 {
		t.Errorf("another path: %d", code)
	}
}

func TestAdminGroupsAreBound(t *testing.T) {
	i := &instance{admin: fake.NewClientset()}
	for _, step := range []struct {
		reason string
		entra  *azure.EntraSpec
		want   []string
	}{
		{"no users, no binding", nil, nil},
		{"a group is bound", &azure.EntraSpec{AdminGroups: []string{"a"}}, []string{"a"}},
		{"other groups replace it", &azure.EntraSpec{AdminGroups: []string{"b", "c"}}, []string{"b", "c"}},
		{"all groups are removed", &azure.EntraSpec{}, nil},
	} {
		if err := i.bindAdmins(t.Context(), step.entra); err != nil {
			t.Fatal(err)
		}
		var got []string
		list, err := i.admin.RbacV1().ClusterRoleBindings().List(t.Context(), metav1.ListOptions{})
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range list.Items {
			for _, s := range b.Subjects {
				if b.RoleRef.Name != "cluster-admin" || s.Kind != rbacv1.GroupKind {
					t.Errorf("%s: %+v", step.reason, b)
				}
				got = append(got, s.Name)
			}
		}
		if diff := cmp.Diff(step.want, got); diff != "" {
			t.Errorf("%s -want +got:\n%s", step.reason, diff)
		}
	}
}
