package stacks

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/workload"
	"github.com/aks-workload-identity/aks-workload-identity/internal/arguments"
	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/stacks/internal/strict"
)

func TestAllProblemsAreReportedAtOnce(t *testing.T) {
	text := "config:\n" +
		"  aks-workload-identity:worklaods: {}\n" +
		"  aks-workload-identity:webhook: {mode: addon, chart: {replicas: none}}\n" +
		"  aks-workload-identity:workloads: {app: {serviceAccount: {namespace: Demo, tokenExpirationSeconds: 1}, grants: [{role: Raeder, scope: vault}]}}\n"
	_, err := Load(realProject, "local", parseStack(t, text, realProject), nil)
	var refused *ConfigError
	if !errors.As(err, &refused) {
		t.Fatalf("error is %v", err)
	}
	var keys []string
	for _, p := range refused.Problems {
		keys = append(keys, strings.TrimPrefix(string(p.Path), realProject+":"))
	}
	want := "location webhook.chart webhook.chart.replicas worklaods workloads.app.grants[0].role workloads.app.grants[0].scope " +
		"workloads.app.serviceAccount.namespace workloads.app.serviceAccount.tokenExpirationSeconds"
	if got := strings.Join(keys, " "); got != want {
		t.Errorf("problems at\n%s, want\n%s", got, want)
	}
	if got := strings.Count(err.Error(), "Pulumi.local.yaml"); got != len(keys)+1 {
		t.Errorf("the file is named %d times:\n%v", got, err)
	}
}

func TestEncryptedValuesAreNeverQuoted(t *testing.T) {
	const hidden = "s3cr3t-value"
	cases := map[string]string{
		"WrongType":   `{"secrets": "` + hidden + `"}`,
		"WrongNumber": `{"softDeleteRetentionDays": "` + hidden + `"}`,
		"WrongName":   `{"name": "` + hidden + `-much-longer-than-allowed"}`,
		"WrongSKU":    `{"sku": "` + hidden + `"}`,
		"NotAMapping": `"` + hidden + `"`,
		"NotJSON":     hidden,
	}
	for name, value := range cases {
		t.Run(name, func(t *testing.T) {
			values := map[string]string{"p:location": "westeurope", "p:vault": value}
			_, err := Load("p", "s", values, map[string]bool{"p:vault": true})
			if err == nil {
				t.Fatal("accepted")
			}
			if strings.Contains(err.Error(), hidden) {
				t.Errorf("the error shows the value:\n%v", err)
			}
		})
	}
	t.Run("OtherSections", func(t *testing.T) {
		for _, section := range []string{"location", "cloud", "cluster", "workloads"} {
			values := map[string]string{"p:location": "westeurope", "p:" + section: hidden}
			_, err := Load("p", "s", values, map[string]bool{"p:" + section: true})
			if err == nil || strings.Contains(err.Error(), hidden) {
				t.Errorf("%s: the error is %v", section, err)
			}
		}
	})
}

func TestEncryptedSecretsNeedNoPermission(t *testing.T) {
	values := map[string]string{"p:location": "westeurope", "p:vault": `{"secrets": {"a": "b"}}`}
	if _, err := Load("p", "s", values, map[string]bool{"p:vault": true}); err != nil {
		t.Error(err)
	}
}

func TestNamesOfVaultsAreAzures(t *testing.T) {
	cases := map[string]struct {
		reason string
		name   string
		legal  bool
	}{
		"Shortest":         {reason: "three letters are enough", name: "abc", legal: true},
		"ShortWithHyphen":  {reason: "a hyphen counts as one of three", name: "a-b", legal: true},
		"HyphenEachSecond": {reason: "hyphens may be many, but single", name: "a-b-c-1", legal: true},
		"Longest":          {reason: "24 characters are the limit", name: "a" + strings.Repeat("b-", 11) + "b", legal: true},
		"TooShort":         {reason: "two characters are too few", name: "ab"},
		"TooLong":          {reason: "25 characters are too many", name: "ab" + strings.Repeat("c-", 11) + "d"},
		"HyphenAtEnd":      {reason: "a name ends with a letter or digit", name: "ab-"},
		"HyphenAtStart":    {reason: "a name starts with a letter", name: "-ab"},
		"DigitAtStart":     {reason: "a name starts with a letter", name: "1ab"},
		"DoubleHyphen":     {reason: "hyphens are single", name: "a--b"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			values := map[string]string{"p:location": "westeurope", "p:vault": `{"name": "` + tc.name + `"}`}
			if _, err := Load("p", "s", values, nil); (err == nil) != tc.legal {
				t.Errorf("%s, but for %q the error is %v", tc.reason, tc.name, err)
			}
		})
	}
}

// What the refusals must not catch: each is the legal neighbour of a bad input.
func TestLegalNeighboursOfBadInputAreAccepted(t *testing.T) {
	cases := map[string]struct {
		reason string
		yaml   string
	}{
		"ManyTagsWithoutSecrets": {
			reason: "a vault takes 50 tags, only its secrets do not",
			yaml:   minimal("  aks-workload-identity:vault: {}\n  aks-workload-identity:tags: " + tagsYAML(50) + "\n")},
		"FifteenTagsWithSecrets": {
			reason: "15 tags are Key Vault's limit",
			yaml:   minimal(vaultYAML + "  aks-workload-identity:tags: " + tagsYAML(15) + "\n")},
		"OneNameTwoApplications": {
			reason: "display names of applications need not be unique",
			yaml: minimal("  aks-workload-identity:workloads: {a: {identity: {kind: application, name: app}, serviceAccount: {namespace: demo}}, " +
				"b: {identity: {kind: application, name: app}, serviceAccount: {namespace: demo}}}\n")},
		"OneNameOneDisabled": {
			reason: "a disabled workload does not count",
			yaml: minimal("  aks-workload-identity:workloads: {a: {enabled: false, identity: {name: app}, serviceAccount: {namespace: demo}}, " +
				"b: {identity: {name: app}, serviceAccount: {namespace: demo}}}\n")},
		"KeyOfAnotherStack": {
			reason: "only this stack's name is taken",
			yaml:   workloadYAML("federations: [{}, {issuer: \"https://example.com/\", key: prod}]")},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if _, err := Load(realProject, "dev", parseStack(t, tc.yaml, realProject), nil); err != nil {
				t.Errorf("%s, but: %v", tc.reason, err)
			}
		})
	}
}

func TestKeyOfThisClusterFollowsTheStack(t *testing.T) {
	for _, stack := range []string{"dev", "my.stack", strings.Repeat("long-", 20)} {
		text := workloadYAML("federations: [{issuer: \"https://example.com/\", key: " + clusterKey(stack) + "}]")
		_, err := Load(realProject, stack, parseStack(t, text, realProject), nil)
		if err == nil || !strings.Contains(err.Error(), "workloads.app.federations[0].key: ") || !strings.Contains(err.Error(), file(stack)) {
			t.Errorf("stack %q: the error is %v, want one that names file and key", stack, err)
		}
	}
}

// Carries R28.
func TestShippedFilesAreValid(t *testing.T) {
	for _, name := range []string{"local", "dev"} {
		config, err := Load(realProject, name, stackFile(t, "Pulumi."+name+".yaml", realProject), nil)
		if err != nil {
			t.Errorf("%v", err)
			continue
		}
		if _, ok := config.Workloads["quick-start"]; !ok {
			t.Errorf("Pulumi.%s.yaml has no workload quick-start", name)
		}
		run(t, stackFile(t, "Pulumi."+name+".yaml", pulumitest.Project), false)
	}
}

func TestConfigurationComesWithoutEnvironmentToo(t *testing.T) {
	t.Setenv(pulumi.EnvConfig, `{"project:worklaods": "{}", "other:key": "value"}`)
	// Under mocks, as in an inline program, the SDK has another configuration than the variable:
	// the SDK's counts.
	run(t, parseStack(t, minimal(""), pulumitest.Project), false)
}

func TestEveryFieldHasADecoder(t *testing.T) {
	readable := []reflect.Kind{
		reflect.String, reflect.Int, reflect.Float64, reflect.Bool, reflect.Slice, reflect.Map, reflect.Struct, reflect.Pointer,
	}
	var walk func(path string, typ reflect.Type)
	walk = func(path string, typ reflect.Type) {
		if plain := strict.Plain(typ); plain != typ {
			if plain.Kind() != reflect.Interface {
				walk(path, plain)
			}
			return
		}
		switch typ.Kind() {
		case reflect.Interface:
			if typ.NumMethod() > 0 {
				t.Errorf("%s is a %s, which internal/strict cannot read", path, typ)
			}
		case reflect.Slice, reflect.Map, reflect.Pointer:
			walk(path+"[]", typ.Elem())
		case reflect.Struct:
			fields := strict.Keys(typ)
			if len(fields) == 0 {
				t.Errorf("%s has no keys", path)
			}
			for key, f := range fields {
				walk(path+"."+key, typ.FieldByIndex(f.Index).Type)
			}
		default:
			if !slices.Contains(readable, typ.Kind()) {
				t.Errorf("%s is a %s, which the decoder cannot read", path, typ.Kind())
			}
		}
	}
	walk("Config", reflect.TypeFor[Config]())
}

func TestTheStackSetsWhatItOwns(t *testing.T) {
	for section, keys := range map[string]map[string]arguments.Field{
		"cluster": strict.Keys(reflect.TypeFor[Cluster]()), "chart": strict.Keys(reflect.TypeFor[Chart]()),
	} {
		for _, owned := range []string{"location", "tags", "tenantId", "cloud", "resourceGroupName", "workloadIdentityAddon"} {
			if _, ok := keys[owned]; ok {
				t.Errorf("the file can give %s.%s, which the stack sets", section, owned)
			}
		}
	}
}

func TestDefaults(t *testing.T) {
	text := minimal(vaultYAML + "  aks-workload-identity:webhook: {mode: chart, chart: {}}\n" +
		"  aks-workload-identity:cluster: {nodePools: [{name: extra}]}\n" +
		"  aks-workload-identity:workloads: {app: {serviceAccount: {namespace: demo}, federations: [{}, {namespace: other, enabled: false}]}}\n")
	config, err := Load(realProject, "s", parseStack(t, text, realProject), nil)
	if err != nil {
		t.Fatal(err)
	}
	app := config.Workloads["app"]
	got := map[string]any{
		"cloud":     config.Cloud,
		"program":   config.Program,
		"pool":      config.Cluster.NodePools[0].Name,
		"retention": config.Vault.SoftDeleteRetentionDays,
		"enabled":   app.Enabled,
		"kind":      app.kind(),
		"creates":   app.ServiceAccount.CreateNamespace,
		"accounts":  app.accounts("app"),
		"first":     app.Federations[0].Enabled,
		"second":    *app.Federations[1].Enabled,
	}
	want := map[string]any{
		"cloud": azure.PublicCloud, "program": ProgramAll, "pool": "extra", "retention": 7,
		"enabled": true, "kind": workload.UserAssigned, "creates": true, "accounts": []string{"demo/app", "other/app"},
		"first": (*bool)(nil), "second": false,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
