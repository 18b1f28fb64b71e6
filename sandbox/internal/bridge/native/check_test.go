package native

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/value"
)

const (
	groupToken   = "azure-native:resources:ResourceGroup"
	clusterToken = "azure-native:containerservice:ManagedCluster"
	poolToken    = "azure-native:containerservice:AgentPool"

	clusterToken2025 = "azure-native:containerservice/v20250101:ManagedCluster"
	maintenanceToken = "azure-native:containerservice/v20250101:MaintenanceConfiguration"

	identityToken   = "azure-native:managedidentity:UserAssignedIdentity"
	credentialToken = "azure-native:managedidentity:FederatedIdentityCredential"
	roleToken       = "azure-native:authorization:RoleAssignment"
	vaultToken      = "azure-native:keyvault:Vault"
	secretToken     = "azure-native:keyvault:Secret"
)

// checkCall is one call of Check; change may change the request before it is sent.
type checkCall struct {
	token, name string
	news, olds  resource.PropertyMap
	change      func(*plugin.CheckRequest)
}

func (c checkCall) run(t *testing.T, p plugin.Provider) plugin.CheckResponse {
	t.Helper()
	req := plugin.CheckRequest{News: c.news, Olds: c.olds, AllowUnknowns: true, RandomSeed: []byte("seed")}
	req.URN, req.Name, req.Type = urnOf(c.token, c.name)
	if c.change != nil {
		c.change(&req)
	}
	res, err := p.Check(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

func TestCheckReportsAllProblemsAtOnce(t *testing.T) {
	p := provider(t, newFakeARM(), "", props("location", "westeurope"))
	for name, tc := range map[string]struct {
		token string
		news  resource.PropertyMap
		want  []string
	}{
		"a credential without inputs lacks all required ones, the list too": {
			credentialToken, props(),
			[]string{
				"missing required property 'audiences'",
				"missing required property 'issuer'",
				"missing required property 'resourceGroupName'",
				"missing required property 'resourceName'",
				"missing required property 'subject'",
			},
		},
		"a misspelt property, at the top and inside, with the right name": {
			clusterToken, props("resourceGroupName", "rg", "dnsprefix", "d", "oidcIssuerProfile", props("enable", true)),
			[]string{
				"unknown property 'dnsprefix'; did you mean 'dnsPrefix'?",
				"unknown property 'oidcIssuerProfile.enable'; did you mean 'enabled'?",
			},
		},
		"an output as an input": {
			clusterToken, props("resourceGroupName", "rg", "oidcIssuerProfile", props("issuerURL", "https://x/")),
			[]string{"unknown property 'oidcIssuerProfile.issuerURL'"},
		},
		"a string instead of a boolean, a fraction instead of a whole number, an object instead of a list": {
			poolToken, props("resourceGroupName", "rg", "resourceName", "c", "enableFIPS", "true", "count", 1.5,
				"nodeTaints", props("a", "b")),
			[]string{
				"'count' must be an integer but got 1.500000",
				"'enableFIPS' should be of type 'boolean' but got a string",
				"'nodeTaints' should be of type '[]string' but got an object",
			},
		},
		"unknown values of a preview are accepted": {
			credentialToken, props("audiences", value.Unknown(), "issuer", value.Unknown(), "subject", value.Unknown(),
				"resourceName", value.Unknown(), "resourceGroupName", value.Unknown()),
			nil,
		},
		"secrets are checked inside": {
			secretToken, props("resourceGroupName", "rg", "vaultName", "vault", "secretName", "s",
				"properties", resource.MakeSecret(prop(props("valu", "x")))),
			[]string{"unknown property 'properties.valu'; did you mean 'value'?"},
		},
		"a name that Azure refuses": {
			vaultToken, props("resourceGroupName", "rg", "vaultName", "under_score", "properties",
				props("tenantId", "t", "sku", props("family", "A", "name", "standard"))),
			[]string{`'vaultName' does not match expression '^[a-zA-Z0-9-]{3,24}$'`},
		},
		"limits of the body: a pattern, a length and a range, also in a list": {
			clusterToken, props("resourceGroupName", strings.Repeat("g", 91), "networkProfile", props("dnsServiceIP", "10.0.0"), "agentPoolProfiles",
				[]any{map[string]any{"name": "Pool", "osDiskSizeGB": 4096.0}}),
			[]string{
				"'agentPoolProfiles[0].name' does not match expression '^[a-z][a-z0-9]{0,11}$'",
				"'agentPoolProfiles[0].osDiskSizeGB' is too high (4096.000000 > 2048.000000)",
				"'networkProfile.dnsServiceIP' does not match expression " +
					`'^(?:(?:25[0-5]|2[0-4][0-9]|[01]?[0-9][0-9]?)\.){3}(?:25[0-5]|2[0-4][0-9]|[01]?[0-9][0-9]?)$'`,
				"'resourceGroupName' is too long (91): at most 90 characters allowed",
			},
		},
		"a required list inside": {
			clusterToken, props("resourceGroupName", "rg", "linuxProfile", props("adminUsername", "me", "ssh", props())),
			[]string{"missing required property 'linuxProfile.ssh.publicKeys'"},
		},
		"a nested required property": {
			vaultToken, props("resourceGroupName", "rg", "vaultName", "vault", "properties", props("tenantId", "t")),
			[]string{"missing required property 'properties.sku'"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, f := range (checkCall{tc.token, "name", tc.news, nil, nil}.run(t, p).Failures) {
				got = append(got, f.Reason)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestUnknownTypesAreRefused(t *testing.T) {
	p := provider(t, newFakeARM(), "", nil)
	req := plugin.CheckRequest{}
	req.URN, req.Name, req.Type = urnOf("azure-native:eventhub:Namespace", "s")
	_, err := p.Check(t.Context(), req)
	if err == nil || !strings.Contains(err.Error(), "does not support") || !strings.Contains(err.Error(), vaultToken) {
		t.Errorf("want an error that names the known types, got %v", err)
	}
	_, err = p.Invoke(t.Context(), plugin.InvokeRequest{Tok: "azure-native:storage:listKeys"})
	if err == nil || !strings.Contains(err.Error(), "azure-native:keyvault:getVault") {
		t.Errorf("want an error that names the known functions, got %v", err)
	}
}

func TestNames(t *testing.T) {
	p := provider(t, newFakeARM(), "", props("location", "westeurope"))
	uuid := regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)
	assignment := props("scope", "/subscriptions/s", "principalId", "p", "roleDefinitionId", "r")
	auto := func(mode plugin.AutonamingMode) func(*plugin.CheckRequest) {
		return func(r *plugin.CheckRequest) {
			r.Autonaming = &plugin.AutonamingOptions{ProposedName: "proposed", Mode: mode}
		}
	}
	for name, tc := range map[string]struct {
		token, property string
		news, olds      resource.PropertyMap
		change          func(*plugin.CheckRequest)
		want            *regexp.Regexp
		random          bool
	}{
		"a top-level resource gets eight hexadecimal digits": {
			groupToken, "resourceGroupName", props(), nil, nil, regexp.MustCompile(`^app[0-9a-f]{8}$`), true,
		},
		"a child gets the name of its URN": {
			poolToken, "agentPoolName", props("resourceGroupName", "g", "resourceName", "c"), nil, nil,
			regexp.MustCompile(`^app$`), false,
		},
		"a role assignment gets a GUID": {roleToken, "roleAssignmentName", assignment, nil, nil, uuid, true},
		"an explicit name stays": {
			groupToken, "resourceGroupName", props("resourceGroupName", "mine"), nil, nil, regexp.MustCompile(`^mine$`), false,
		},
		"the old name is kept, and the flag that it is random": {
			groupToken, "resourceGroupName", props(),
			props("resourceGroupName", "app00000000", "__createBeforeDelete", true), nil,
			regexp.MustCompile(`^app00000000$`), true,
		},
		"a name that the engine proposes": {
			groupToken, "resourceGroupName", props(), nil, auto(plugin.AutonamingModePropose),
			regexp.MustCompile(`^proposed$`), true,
		},
		"a proposal is not used for a GUID": {roleToken, "roleAssignmentName", assignment, nil, auto(plugin.AutonamingModePropose), uuid, true},
		"a name that the engine enforces": {
			roleToken, "roleAssignmentName", assignment, nil, auto(plugin.AutonamingModeEnforce), regexp.MustCompile(`^proposed$`), true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			res := checkCall{tc.token, "app", tc.news, tc.olds, tc.change}.run(t, p)
			got, _ := value.String(res.Properties[resource.PropertyKey(tc.property)])
			again, _ := value.String(checkCall{tc.token, "app", tc.news, tc.olds, tc.change}.run(t, p).Properties[resource.PropertyKey(tc.property)])
			if !tc.want.MatchString(got) || got != again || len(res.Failures) > 0 {
				t.Errorf("name %q, with the same seed %q, failures %v; want %s", got, again, res.Failures, tc.want)
			}
			if flag := res.Properties["__createBeforeDelete"]; flag.IsBool() != tc.random {
				t.Errorf("__createBeforeDelete is %v, want it set: %v", flag, tc.random)
			}
		})
	}
	t.Run("without autonaming a missing name is an error", func(t *testing.T) {
		res := checkCall{groupToken, "app", props(), nil, auto(plugin.AutonamingModeDisabled)}.run(t, p)
		if len(res.Failures) != 1 || res.Failures[0].Reason != "missing required property 'resourceGroupName'" {
			t.Errorf("failures: %v", res.Failures)
		}
	})
}

func TestLocation(t *testing.T) {
	fake := newFakeARM()
	fake.resources["/subscriptions/33333333-3333-4333-8333-333333333333/resourcegroups/rg"] = map[string]any{"location": "northeurope"}
	identity := func(group any) resource.PropertyMap { return props("resourceGroupName", group) }
	for name, tc := range map[string]struct {
		config, news, olds resource.PropertyMap
		want               string
	}{
		"the program's region":               {props("location", "westus"), props("resourceGroupName", "rg", "location", "eastus"), nil, "eastus"},
		"the resource's region":              {props("location", "westus"), identity("rg"), props("location", "eastus"), "eastus"},
		"the provider's setting":             {props("location", "westus"), identity("rg"), nil, "westus"},
		"the resource group's":               {nil, identity("RG"), nil, "northeurope"},
		"unknown while the group is unknown": {nil, identity(value.Unknown()), nil, "unknown"},
		"none if the group does not exist":   {nil, identity("other"), nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			p := provider(t, fake, "", tc.config)
			res := checkCall{identityToken, "id", tc.news, tc.olds, nil}.run(t, p)
			got, known := value.String(res.Properties["location"])
			if _, _, k := value.Unwrap(res.Properties["location"]); !k {
				got = "unknown"
			}
			if got != tc.want {
				t.Errorf("location %q (%v), want %q", got, known, tc.want)
			}
			missing := len(res.Failures) == 1 && strings.Contains(res.Failures[0].Reason, "pulumi config set azure-native:location")
			if missing != (tc.want == "") {
				t.Errorf("failures: %v", res.Failures)
			}
		})
	}
}

// TestInputsAreNotMarked expects the inputs as they are: the real provider marks none as secret.
func TestInputsAreNotMarked(t *testing.T) {
	p := provider(t, newFakeARM(), "", nil)
	news := props("resourceGroupName", "rg", "vaultName", "vault", "properties", props("value", "hush"))
	res := checkCall{secretToken, "s", news, nil, nil}.run(t, p)
	if got := resource.NewObjectProperty(res.Properties); got.ContainsSecrets() {
		t.Errorf("marked: %v", got)
	}
}
