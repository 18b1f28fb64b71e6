package azure_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
)

func TestClusterIssuerDefault(t *testing.T) {
	cases := map[string]struct {
		version string
		profile object
		want    bool
	}{
		"Kubernetes 1.34 has the issuer by default":          {"1.34", nil, true},
		"older versions do not":                              {"1.33", nil, false},
		"1.34 with the issuer disabled":                      {"1.34", object{"enabled": false}, false},
		"the default version is the newest, with the issuer": {"", nil, true},
		"an older version with the issuer enabled":           {"1.33", object{"enabled": true}, true},
	}
	for reason, c := range cases {
		t.Run(reason, func(t *testing.T) {
			w := newWorld(t, quiet)
			path := clusterPath(w.group("rg"), "aks1")
			w.poll(must(t, w.arm("PUT", path, vCluster, newCluster(func(_, p object) {
				delete(p, "oidcIssuerProfile")
				if c.profile != nil {
					p["oidcIssuerProfile"] = c.profile
				}
				if c.version != "" {
					p["kubernetesVersion"] = c.version
				}
			})), 201))
			got := must(t, w.arm("GET", path, vCluster, nil), 200)
			if shown := got.path("properties", "oidcIssuerProfile", "issuerURL"); (shown != "") != c.want {
				t.Errorf("issuer %q, want one: %v", shown, c.want)
			}
			if c.version != "" && got.path("properties", "kubernetesVersion") != c.version {
				t.Errorf("kubernetesVersion %q, want %q as requested", got.path("properties", "kubernetesVersion"), c.version)
			}
			if got.path("properties", "currentKubernetesVersion") != "1.34.4" {
				t.Errorf("currentKubernetesVersion %q, want the version that runs", got.path("properties", "currentKubernetesVersion"))
			}
		})
	}
}

func TestClusterCredentialsWithLocalAccountsDisabled(t *testing.T) {
	w := newWorld(t, quiet)
	path := clusterPath(w.group("rg"), "aks1")
	w.poll(must(t, w.arm("PUT", path, vCluster, newCluster(func(_, p object) {
		p["aadProfile"], p["disableLocalAccounts"] = object{"managed": true}, true
	})), 201))
	got := w.arm("POST", path+"/listClusterAdminCredential", vCluster, nil)
	if got.status != 400 || !strings.HasPrefix(got.message(), "Getting static credential is not allowed because this cluster is set to disable local accounts.") {
		t.Errorf("got %d %s", got.status, got.text)
	}
	must(t, w.arm("POST", path+"/listClusterUserCredential", vCluster, nil), 200)
}

func TestClusterIssuerIsEnabledLater(t *testing.T) {
	w := newWorld(t, quiet)
	path := clusterPath(w.group("rg"), "aks1")
	without := newCluster(func(_, p object) { p["oidcIssuerProfile"] = object{"enabled": false} })
	w.poll(must(t, w.arm("PUT", path, vCluster, without), 201))
	before := w.runtime.only(t)
	if strings.Contains(before.IssuerURL, "oic.prod-aks") {
		t.Fatalf("issuer %q without the feature", before.IssuerURL)
	}
	url := func() string {
		return w.arm("GET", path, vCluster, nil).path("properties", "oidcIssuerProfile", "issuerURL")
	}
	for _, step := range []struct {
		reason string
		fail   error
		status string
		shown  bool
	}{
		{"an issuer that was never ready is not shown", errors.New("the API server did not restart"), "Failed", false},
		{"the issuer is shown once it is ready", nil, "Succeeded", true},
		{"the issuer stays the same after a further PUT", nil, "Succeeded", true},
	} {
		had := url()
		w.runtime.set(func(f *fakeRuntime) { f.fail = step.fail })
		if got := w.poll(must(t, w.arm("PUT", path, vCluster, newCluster(nil)), 200)); got.path("status") != step.status {
			t.Fatalf("%s: ended %s", step.reason, got.text)
		}
		now, spec := url(), w.runtime.only(t)
		if (now != "") != step.shown || had != "" && now != had {
			t.Errorf("%s: issuer %q after %q", step.reason, now, had)
		}
		if step.shown && spec.IssuerURL != now || spec.FQDN != before.FQDN || spec.UID != before.UID {
			t.Errorf("%s: runtime has %+v, the API shows %q", step.reason, spec, now)
		}
	}
}

func TestClusterThatFailsConvergesOnTheNextPut(t *testing.T) {
	w := newWorld(t, quiet)
	path := clusterPath(w.group("rg"), "aks1")
	w.runtime.set(func(f *fakeRuntime) { f.fail = errors.New("etcd did not start") })
	failed := w.poll(must(t, w.arm("PUT", path, vCluster, newCluster(nil)), 201))
	if failed.path("status") != "Failed" || !strings.Contains(failed.text, "etcd did not start") {
		t.Fatalf("operation ended %s", failed.text)
	}
	if got := w.arm("GET", path, vCluster, nil).path("properties", "provisioningState"); got != "Failed" {
		t.Errorf("state %q, want Failed", got)
	}
	w.runtime.set(func(f *fakeRuntime) { f.fail = nil })
	if got := w.poll(must(t, w.arm("PUT", path, vCluster, newCluster(nil)), http.StatusOK)); got.path("status") != "Succeeded" {
		t.Errorf("second PUT ended %s", got.text)
	}
}

func TestAgentPools(t *testing.T) {
	w := newWorld(t, quiet)
	path := w.cluster(w.group("rg"), "aks1")
	pool := path + "/agentPools/user1"
	body := object{"properties": object{"vmSize": "Standard_D2s_v5", "mode": "User", "count": 2}}
	if got := w.poll(must(t, w.arm("PUT", pool, vCluster, body), 201)); got.path("status") != "Succeeded" {
		t.Fatalf("creation ended %s", got.text)
	}
	if got := len(w.runtime.only(t).Pools); got != 2 {
		t.Errorf("runtime has %d pools, want 2", got)
	}
	if got := w.arm("GET", pool, vCluster, nil); got.path("properties", "provisioningState") != "Succeeded" || got.path("name") != "user1" {
		t.Errorf("pool: %s", got.text)
	}
	for _, step := range []struct {
		reason string
		change object
		want   [3]any // count, minCount, maxCount
	}{
		{"the autoscaler raises a count below its range", object{"enableAutoScaling": true, "minCount": 3, "maxCount": 5}, [3]any{3.0, 3.0, 5.0}},
		{"a changed range changes the count", object{"enableAutoScaling": true, "minCount": 1, "maxCount": 2}, [3]any{2.0, 1.0, 2.0}},
		{"disabling the autoscaler removes the range", object{"enableAutoScaling": false}, [3]any{2.0, nil, nil}},
	} {
		step.change["vmSize"] = "Standard_D2s_v5"
		if got := w.poll(must(t, w.arm("PUT", pool, vCluster, object{"properties": step.change}), 200)); got.path("status") != "Succeeded" {
			t.Fatalf("%s: ended %s", step.reason, got.text)
		}
		p := w.arm("GET", pool, vCluster, nil).body["properties"].(map[string]any)
		if got := [3]any{p["count"], p["minCount"], p["maxCount"]}; got != step.want {
			t.Errorf("%s: %v, want %v", step.reason, got, step.want)
		}
	}
	last := w.arm("DELETE", path+"/agentPools/system", vCluster, nil)
	if last.status != 400 || !strings.Contains(last.message(), "at least one system agent pool") {
		t.Errorf("deleting the last system pool: %d %s", last.status, last.text)
	}
	if got := w.poll(must(t, w.arm("DELETE", pool, vCluster, nil), 202)); got.path("status") != "Succeeded" {
		t.Fatalf("deletion ended %s", got.text)
	}
	must(t, w.arm("GET", pool, vCluster, nil), 404)
	must(t, w.arm("DELETE", pool, vCluster, nil), 204)
	if got := len(w.runtime.only(t).Pools); got != 1 {
		t.Errorf("runtime has %d pools, want 1", got)
	}
	missing := w.arm("PUT", clusterPath("/resourceGroups/rg", "none")+"/agentPools/p", vCluster, body)
	if missing.status != 404 || missing.code() != "ParentResourceNotFound" {
		t.Errorf("pool of a missing cluster: %d %s", missing.status, missing.text)
	}
}
