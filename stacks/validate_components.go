package stacks

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	authorization "github.com/pulumi/pulumi-azure-native-sdk/authorization/v2"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/workload"
	"github.com/aks-workload-identity/aks-workload-identity/internal/arguments"
)

// components asks the components what they think of their arguments, as the stack would give them, and reports what is wrong
// under the keys of the file. So every rule of a component has one place, and nothing is registered before all are kept.
//
// What stands in for values that only the graph knows are outputs, which components do not look into.
func (v *validator) components() {
	c := v.config
	earlier := make([]keyPath, len(v.list))
	for i, p := range v.list {
		earlier[i] = keyPath{text: p.Key}
	}
	report := func(err error, translate func(path string) keyPath, reword func(string) string) {
		var invalid *arguments.Error
		if !errors.As(err, &invalid) {
			return
		}
		for _, p := range invalid.Problems {
			at := translate(string(p.Path))
			if !overlaps(at, earlier) {
				v.add(at, reword(p.Message), reword(p.Remedy))
			}
		}
	}
	below := func(at keyPath) func(string) keyPath {
		return func(path string) keyPath { return v.shared(path, at.path(path)) }
	}
	same := func(s string) string { return s }

	if c.Program != ProgramWorkloads {
		if c.Cluster.Existing != nil {
			report(c.Cluster.Existing.Validate(platformName), below(v.root("cluster").key("existing")), same)
		} else {
			report(c.clusterArgs().Validate(platformName), below(v.root("cluster")), same)
		}
		if args := c.webhookArgs(); args != nil {
			args.TenantId = unknownText
			report(args.Validate("webhook"), below(v.root("webhook").key("chart")), same)
		}
	}
	if c.Program == ProgramPlatform {
		return
	}
	g := v.standIn()
	for _, name := range sortedKeys(c.Workloads) {
		w := c.Workloads[name]
		filled := w.withNames(name)
		from := g.federations(&filled)
		at := v.root("workloads").key(name)
		translate := func(path string) keyPath { return v.shared(path, workloadKey(at, &w, from, path)) }
		report(g.validationArgs(&filled).Validate(name), translate, func(s string) string { return renumber(s, from) })
	}
}

// shared is where the file has an argument that several components get from one key, and otherwise their own.
func (v *validator) shared(path string, own keyPath) keyPath {
	if path == "cloud" || path == "location" {
		return v.root(path)
	}
	return own
}

// overlaps reports whether a problem was found earlier with that value, one in it or one around it: a second sentence about
// it would only repeat the first.
func overlaps(at keyPath, earlier []keyPath) bool {
	for _, e := range earlier {
		if e.contains(at) || at.contains(e) {
			return true
		}
	}
	return false
}

// unknownText is text that only the graph will know.
var unknownText = pulumi.String("").ToStringOutput()

// standIn is a graph whose resources do not exist yet.
func (v *validator) standIn() *graph {
	const nobody = "00000000-0000-0000-0000-000000000000"
	g := &graph{
		config:  v.config,
		account: &authorization.GetClientConfigResult{TenantId: nobody, SubscriptionId: nobody},
		group:   group{id: unknownText, name: unknownText},
	}
	if c := v.config.Vault; c != nil {
		g.vault = &vault{id: unknownText, url: unknownText, secretIDs: map[string]pulumi.StringOutput{}}
		for name := range c.Secrets {
			g.vault.secretIDs[name] = unknownText
		}
	}
	if v.config.Program != ProgramWorkloads {
		g.targets = []*target{{key: v.clusterKey, id: unknownText, issuer: unknownText, provider: &kubernetes.Provider{}}}
		return g
	}
	for _, name := range sortedKeys(v.config.Platforms) {
		p := v.config.Platforms[name]
		g.targets = append(g.targets, &target{name: name, key: p.key(), id: unknownText, issuer: unknownText, provider: &kubernetes.Provider{}})
	}
	return g
}

// validationArgs are a workload's arguments; a scope that the stack does not have, which is a problem found earlier, is
// replaced by one that nothing is wrong with.
func (g *graph) validationArgs(w *Workload) *workload.FederatedWorkloadArgs {
	args := g.workloadArgs(w)
	for i := range w.Grants {
		grant, err := g.grant(&w.Grants[i])
		if err != nil {
			grant = w.Grants[i].GrantArgs
			grant.Scope = unknownText
		}
		if grant.ScopeKey == "" {
			grant.ScopeKey = fmt.Sprintf("unknown-%d", i)
		}
		args.Grants = append(args.Grants, grant)
	}
	return args
}

// workloadKeys are the keys under which the file has arguments that the component calls otherwise.
var workloadKeys = map[string][]string{
	"identityKind":                 {"identity", "kind"},
	"identityId":                   {"identity", "id"},
	"identityName":                 {"identity", "name"},
	"tokenExpirationSeconds":       {"serviceAccount", "tokenExpirationSeconds"},
	"automountServiceAccountToken": {"serviceAccount", "automountToken"},
	"allowDefaultServiceAccount":   {"serviceAccount", "allowDefault"},
}

var federationPath = regexp.MustCompile(`^federations\[(\d+)\]\.?(.*)$`)

// workloadKey is where the file has the argument at that path of the component.
func workloadKey(at keyPath, w *Workload, from []federation, path string) keyPath {
	if m := federationPath.FindStringSubmatch(path); m != nil {
		i, _ := strconv.Atoi(m[1])
		if i < len(from) {
			return federationKey(at, w, from[i].from, m[2])
		}
	}
	if keys, ok := workloadKeys[path]; ok {
		return at.key(keys[0]).key(keys[1])
	}
	if strings.HasPrefix(path, "labels") || strings.HasPrefix(path, "annotations") {
		return at.key("serviceAccount").path(path)
	}
	return at.path(path)
}

// federationKey is where the file has a property of its i-th federation, which may be one of the service account's.
func federationKey(at keyPath, w *Workload, i int, property string) keyPath {
	implicit := i >= len(w.Federations)
	account := at.key("serviceAccount")
	switch {
	case property == "namespace" && (implicit || w.Federations[i].Namespace == "" && w.ServiceAccount.Namespace != ""):
		return account.key("namespace")
	case property == "serviceAccount" && (implicit || w.Federations[i].ServiceAccount == ""):
		return account.key("name")
	case property == "serviceAccountMode":
		return account.key("mode")
	case implicit:
		return account
	}
	return at.key("federations").index(i).path(property)
}

var federationMention = regexp.MustCompile(`federations\[(\d+)\]`)

// renumber replaces the component's indices in a sentence by the file's.
func renumber(sentence string, from []federation) string {
	return federationMention.ReplaceAllStringFunc(sentence, func(mention string) string {
		i, err := strconv.Atoi(federationMention.FindStringSubmatch(mention)[1])
		if err != nil || i >= len(from) {
			return mention
		}
		return fmt.Sprintf("federations[%d]", from[i].from)
	})
}
