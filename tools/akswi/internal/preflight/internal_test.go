package preflight

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/stackfile"
)

// westEurope returns a catalogue with some sizes of one family, and their quotas.
func westEurope(total, family int) *catalogue {
	size := func(name, cores, memory string, zones ...string) sku {
		s := sku{Name: name, Family: "standardDSv5Family"}
		s.Capabilities = append(s.Capabilities, struct {
			Name  string `json:"name"`
			Value string `json:"value"`
		}{"vCPUs", cores}, struct {
			Name  string `json:"name"`
			Value string `json:"value"`
		}{"MemoryGB", memory})
		s.LocationInfo = append(s.LocationInfo, struct {
			Zones []string `json:"zones"`
		}{zones})
		return s
	}
	return &catalogue{
		skus: map[string]sku{
			"standard_d2s_v5": size("Standard_D2s_v5", "2", "8", "1", "2"), "standard_d4s_v5": size("Standard_D4s_v5", "4", "16", "1"),
			"standard_d2as_v5": size("Standard_D2as_v5", "2", "8", "1", "2", "3"), "standard_b2ms": size("Standard_B2ms", "2", "8", "1", "2", "3"),
		},
		quotas: map[string]quota{"cores": {used: 4, limit: total}, "standarddsv5family": {used: 4, limit: family}},
	}
}

func checkerOf(k *catalogue, d Deployed, pools ...Pool) *Checker {
	c := &Checker{Plan: Plan{Project: "acme", Location: "westeurope", Cluster: &Cluster{Version: "1.34", SupportPlan: planOfficial, Pools: pools}}, Deployed: d}
	c.sizesAndQuotas.once.Do(func() {})
	c.sizesAndQuotas.skus, c.sizesAndQuotas.quotas = k.skus, k.quotas
	return c
}

func TestQuota(t *testing.T) {
	system := Pool{Name: "system", VMSize: "Standard_D2s_v5", Count: 2, Max: 2, Surge: "10%"}
	deployed := Deployed{Cluster: true, Version: "1.34", Pools: map[string]DeployedPool{"system": {"Standard_D2s_v5", 2, "1.34.4"}}}
	old := Deployed{Cluster: true, Version: "1.33", Pools: map[string]DeployedPool{"system": {"Standard_D2s_v5", 2, "1.33.5"}}}
	scaled := system
	scaled.Max = 20
	for name, tc := range map[string]struct {
		reason  string
		total   int
		family  int
		have    Deployed
		pool    Pool
		outcome Outcome
		says    string
	}{
		"Fits":        {"two nodes and one for an upgrade", 10, 10, Deployed{}, system, OK, "4 vCPUs are needed, 6 of 10 are left"},
		"Region":      {"the region's quota", 7, 10, Deployed{}, system, Problem, "the nodes need 4 vCPUs of the quota cores in westeurope; 3 of 7 are left"},
		"Family":      {"the family's quota", 10, 4, Deployed{}, system, Problem, "quota standardDSv5Family in westeurope; 0 of 4"},
		"Surge":       {"an upgrade will not fit, the deployment does", 8, 10, Deployed{}, system, Warning, "surge nodes of an upgrade need 6 vCPUs"},
		"Deployed":    {"the nodes of the stack are in the use already", 6, 6, deployed, system, OK, "0 vCPUs are needed, 2 of 6"},
		"Upgrade":     {"the deployment upgrades the pool, which takes the surge", 4, 10, old, system, Problem, "need 2 vCPUs of the quota cores"},
		"Autoscaler":  {"the autoscaler will not reach its maximum", 20, 20, deployed, scaled, Warning, "the autoscaler's largest number of nodes need 36 vCPUs"},
		"AKSChooses":  {"without a size, nodes of two vCPUs at least", 7, 10, Deployed{}, Pool{Name: "system", Count: 2, Max: 2, Surge: "10%"}, Problem, "need 4 vCPUs of the quota cores"},
		"Unknown":     {"a size that does not exist is the other check's", 4, 4, Deployed{}, Pool{Name: "a", VMSize: "Standard_X", Count: 9, Max: 9}, OK, "0 vCPUs"},
		"GivenSurge":  {"a surge of a number of nodes", 12, 12, deployed, Pool{Name: "system", VMSize: "Standard_D2s_v5", Count: 2, Max: 2, Surge: "5"}, Warning, "need 10 vCPUs"},
		"NoSuchSurge": {"text that is no surge is the program's to refuse", 8, 8, Deployed{}, Pool{Name: "system", VMSize: "Standard_D2s_v5", Count: 2, Max: 2, Surge: "x"}, OK, ""},
	} {
		t.Run(name, func(t *testing.T) {
			rows := checkerOf(westEurope(tc.total, tc.family), tc.have, tc.pool).quota(t.Context())
			if rows[0].Outcome != tc.outcome || !strings.Contains(rows[0].Found, tc.says) {
				t.Errorf("%s\nwant %s with %q, got %+v", tc.reason, tc.outcome, tc.says, rows)
			}
		})
	}
}

func TestSizeInstead(t *testing.T) {
	for name, tc := range map[string]struct {
		reason string
		pool   Pool
		want   string
	}{
		"SameCores":  {"the same vCPUs and memory, and not a burstable size", Pool{VMSize: "Standard_D2s_v5", Count: 1}, "Standard_D2as_v5"},
		"InZones":    {"a size that is in all zones of the pool", Pool{VMSize: "Standard_D2s_v5", Count: 1, Zones: []string{"1", "3"}}, "Standard_D2as_v5"},
		"Unknown":    {"a size that does not exist is replaced by AKS's smallest", Pool{VMSize: "Standard_X", Count: 1}, "Standard_D2as_v5"},
		"NoQuota":    {"there is none with quota", Pool{VMSize: "Standard_D2s_v5", Count: 90}, "SIZE"},
		"LargerOnes": {"four vCPUs", Pool{VMSize: "Standard_D4s_v5", Count: 1}, "Standard_D4s_v5"},
	} {
		t.Run(name, func(t *testing.T) {
			k := westEurope(20, 20)
			if got := k.instead(k.skus[strings.ToLower(tc.pool.VMSize)], tc.pool); got != tc.want {
				t.Errorf("%s: want %s, got %s", tc.reason, tc.want, got)
			}
		})
	}
}

func minor(v string, plans ...string) offeredMinor {
	m := offeredMinor{Version: v, PatchVersions: map[string]any{v + ".4": nil}, IsDefault: v == "1.33"}
	m.Capabilities.SupportPlan = plans
	return m
}

func TestOfferedVersion(t *testing.T) {
	offered := []offeredMinor{minor("1.31", planLongTerm), minor("1.32", planOfficial, planLongTerm), minor("1.33", planOfficial), minor("1.34", planOfficial)}
	for name, tc := range map[string]struct {
		reason, version, plan, deployed string
		outcome                         Outcome
		command                         string
	}{
		"Offered":     {"a minor version", "1.32", planOfficial, "", OK, ""},
		"Patch":       {"a patch that is offered", "1.34.4", planOfficial, "", OK, ""},
		"NoPatch":     {"a patch that is not", "1.34.9", planOfficial, "", Problem, "'acme:cluster.kubernetesVersion' 1.33"},
		"LTSOnly":     {"long-term support only", "1.31", planOfficial, "", Problem, "1.33"},
		"LTS":         {"with the plan it can be had", "1.31", planLongTerm, "", OK, ""},
		"NotInLTS":    {"a version without the plan", "1.34", planLongTerm, "", Problem, "1.32"},
		"AlreadyOld":  {"a deployed version is not asked for again", "1.31", planOfficial, "1.31", Warning, "1.32"},
		"AlreadyGone": {"a deployed version that the region no longer has", "1.30", planOfficial, "1.30", Warning, "1.32"},
		"OldAndOther": {"an update to a version that is gone", "1.30", planOfficial, "1.29", Problem, ""},
	} {
		t.Run(name, func(t *testing.T) {
			c := checkerOf(westEurope(9, 9), Deployed{Cluster: tc.deployed != "", Version: tc.deployed})
			c.Plan.Cluster.SupportPlan = tc.plan
			row, bad := c.offeredVersion(offered, tc.version, "cluster.kubernetesVersion")
			if !bad {
				row.Outcome = OK
			}
			if row.Outcome != tc.outcome || !strings.Contains(row.Command, tc.command) {
				t.Errorf("%s\nwant %s with command %q, got %+v", tc.reason, tc.outcome, tc.command, row)
			}
		})
	}
}

func TestWho(t *testing.T) {
	for want, payload := range map[string]string{
		"user ann@acme.example":                 `{"upn": "ann@acme.example", "oid": "o", "idtyp": "user"}`,
		"user guest":                            `{"unique_name": "guest", "oid": "o"}`,
		"service principal a (object id o)":     `{"appid": "a", "oid": "o", "idtyp": "app"}`,
		"managed identity runner (object id o)": `{"appid": "a", "oid": "o", "idtyp": "app", "xms_mirid": "/subscriptions/s/resourcegroups/r/providers/Microsoft.ManagedIdentity/userAssignedIdentities/runner"}`,
	} {
		token := "x." + base64.RawURLEncoding.EncodeToString([]byte(payload)) + ".y"
		c, err := readClaims(token)
		if err != nil || c.who() != want {
			t.Errorf("want %q, got %q, %v", want, c.who(), err)
		}
	}
	for _, bad := range []string{"", "a.b", "a.!.c", "a.e30"} {
		if _, err := readClaims(bad); err == nil {
			t.Errorf("%q is read as a token", bad)
		}
	}
}

func TestReadDeployed(t *testing.T) {
	d, err := ReadDeployed([]byte(`{"deployment": {"resources": [
		{"type": "pulumi:pulumi:Stack"},
		{"type": "azure-native:resources:ResourceGroup", "id": "/subscriptions/s/resourceGroups/RG"},
		{"type": "azure-native:containerservice/v20250101:ManagedCluster", "id": "/c", "inputs": {"kubernetesVersion": "1.33"},
		 "outputs": {"agentPoolProfiles": [{"name": "system", "vmSize": "Standard_D2s_v5", "count": 2, "orchestratorVersion": "1.33"}]}},
		{"type": "azure-native:containerservice/v20250101:AgentPool", "id": "/c/agentPools/user", "outputs": {"vmSize": "Standard_D4s_v5", "count": 1}},
		{"type": "azure-native:keyvault:Vault", "id": "/v/Letters"},
		{"type": "azure-native:keyvault:Vault", "id": "/v/gone", "delete": true}
	]}}`))
	if err != nil {
		t.Fatal(err)
	}
	want := Deployed{
		Any: true, Cluster: true, Version: "1.33", Groups: map[string]bool{"rg": true}, Vaults: map[string]bool{"letters": true},
		Pools: map[string]DeployedPool{"system": {"Standard_D2s_v5", 2, "1.33"}, "user": {"Standard_D4s_v5", 1, ""}},
	}
	if diff := cmp.Diff(want, d); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if _, err := ReadDeployed([]byte("not JSON")); err == nil {
		t.Error("text is read as a state")
	}
}

func TestInspectPulumi(t *testing.T) {
	none := errors.New("exec: \"pulumi\": executable file not found in $PATH")
	for name, tc := range map[string]struct {
		reason   string
		answers  map[string]string
		fails    map[string]error
		env      map[string]string
		provider string
		codes    []string
	}{
		"Cloud":      {"Pulumi Cloud encrypts by itself", map[string]string{"whoami": `{"user": "ann", "url": "https://app.pulumi.com/ann"}`, "stack": "{}"}, nil, nil, "", []string{"", "", ""}},
		"NoCLI":      {"no CLI at all", nil, map[string]error{"version": none}, nil, "", []string{"NoPulumi", "Unchecked", "Unchecked"}},
		"NoBackend":  {"no login to a backend", nil, map[string]error{"whoami": errors.New("error: PULUMI_ACCESS_TOKEN must be set")}, nil, "", []string{"", "NoBackend", "Unchecked"}},
		"NoPassword": {"a backend of one's own without a passphrase", map[string]string{"whoami": `{"url": "azblob://state"}`, "stack": "{}"}, nil, nil, "", []string{"", "", "NoPassphrase"}},
		"EmptyOne":   {"an empty passphrase is one", map[string]string{"whoami": `{"url": "file://~"}`, "stack": "{}"}, nil, map[string]string{"PULUMI_CONFIG_PASSPHRASE": ""}, "", []string{"", "", ""}},
		"KeyVault":   {"a secrets provider needs none", map[string]string{"whoami": `{"url": "azblob://state"}`, "stack": "{}"}, nil, nil, "azurekeyvault://v.vault.azure.net/keys/k", []string{"", "", ""}},
		"NewStack":   {"a stack that does not exist has nothing", map[string]string{"whoami": `{"url": "https://app.pulumi.com"}`}, map[string]error{"stack": errors.New("error: no stack named 'dev' found")}, nil, "", []string{"", "", ""}},
		"Unreadable": {"a state that cannot be read", map[string]string{"whoami": `{"url": "https://app.pulumi.com"}`}, map[string]error{"stack": errors.New("error: the stack is broken")}, nil, "", []string{"", "Unchecked", ""}},
	} {
		t.Run(name, func(t *testing.T) {
			p := &Pulumi{
				Run: func(_ context.Context, args ...string) (string, error) {
					if err := tc.fails[args[0]]; err != nil {
						return "", err
					}
					if args[0] == "version" {
						return "v3.245.0\n", nil
					}
					return tc.answers[args[0]], nil
				},
				Env:  func(name string) (string, bool) { v, set := tc.env[name]; return v, set },
				File: &stackfile.File{Program: t.TempDir(), SecretsProvider: tc.provider},
			}
			rows, _ := p.Inspect(t.Context())
			var codes []string
			for _, r := range rows {
				codes = append(codes, r.Code)
			}
			if diff := cmp.Diff(tc.codes, codes); diff != "" {
				t.Errorf("%s: codes (-want +got):\n%s\n%+v", tc.reason, diff, rows)
			}
		})
	}
}

func TestText(t *testing.T) {
	r := Report{Stack: "dev", Rows: []Row{
		ok(checkLogin, "service principal"),
		problem(checkRights, "AuthorizationFailed", strings.TrimSpace(strings.Repeat("at the subscription the login lacks a right ", 4)),
			"az role assignment create --assignee-object-id 11111111-1111-1111-1111-111111111111 --role 'Role Based Access Control Administrator' --scope /subscriptions/22222222-2222-2222-2222-222222222222").or("or a custom role"),
		warning(checkQuota, "InsufficientVCPUQuota", "few are left", "ask for more"),
		unchecked(checkPolicies, "needs a login", "see above"), unchecked(checkSizes, "needs a login", "see above"),
	}}
	var b bytes.Buffer
	if err := r.Text(&b, false); err != nil {
		t.Fatal(err)
	}
	const want = `Can stack dev be deployed?

login         ok         service principal
rights        problem    at the subscription the login lacks a right at the subscription the login
                         lacks a right at the subscription the login lacks a right at the
                         subscription the login lacks a right
                         do  az role assignment create --assignee-object-id \
                               11111111-1111-1111-1111-111111111111 --role \
                               'Role Based Access Control Administrator' --scope \
                               /subscriptions/22222222-2222-2222-2222-222222222222
                             or a custom role
quota         warning    few are left
                             ask for more
policies      unchecked  needs a login; so do sizes
                             see above

1 problem, 1 warning, 2 unchecked.
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	for _, line := range strings.Split(b.String(), "\n") {
		if len(line) > width {
			t.Errorf("%d columns: %s", len(line), line)
		}
	}
}
