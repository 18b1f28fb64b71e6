package stacks

import (
	"fmt"
	"regexp"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
)

// stackForm is a stack as a StackReference names it.
var stackForm = regexp.MustCompile(`^[A-Za-z0-9._-]+/[A-Za-z0-9._-]+/[A-Za-z0-9._-]+$`)

// program checks that the file has what its program needs, and nothing that the program would ignore.
func (v *validator) program() {
	c := v.config
	ignored := map[string]bool{}
	switch c.Program {
	case ProgramAll:
		ignored["platforms"] = len(c.Platforms) > 0
	case ProgramPlatform:
		ignored["platforms"] = len(c.Platforms) > 0
		ignored["workloads"] = len(c.Workloads) > 0
	case ProgramWorkloads:
		ignored["cluster"] = v.given("cluster")
		ignored["webhook"] = v.given("webhook")
		if len(c.Platforms) == 0 {
			v.add(v.root("platforms"), "is required for program "+ProgramWorkloads,
				"name the stacks of the clusters: pulumi config set --path platforms.main.stack ORGANIZATION/PROJECT/STACK")
		}
	}
	for _, section := range sortedKeys(ignored) {
		if ignored[section] {
			v.add(v.root(section), fmt.Sprintf("is not for program %s", c.Program),
				"move it to the stack file that it belongs to, or set program to "+ProgramAll)
		}
	}
	v.platforms()
	v.existingCluster()
}

// platforms checks the references to other stacks.
func (v *validator) platforms() {
	first := map[string]string{}
	for _, name := range sortedKeys(v.config.Platforms) {
		p, at := v.config.Platforms[name], v.root("platforms").key(name)
		v.err(at, azure.ValidateKey(name))
		if !stackForm.MatchString(p.Stack) {
			v.add(at.key("stack"), "is not the full name of a stack: "+quote(p.Stack),
				"write ORGANIZATION/PROJECT/STACK, with the organization \"organization\" in a backend of your own")
			continue
		}
		if p.Key != "" {
			v.err(at.key("key"), azure.ValidateKey(p.Key))
		}
		if other, taken := first[p.key()]; taken {
			v.add(at.key("key"), fmt.Sprintf("is %s, the key of the platform %s too", quote(p.key()), other),
				"give one of the two another key: it names the cluster in the names of credentials")
			continue
		}
		first[p.key()] = name
	}
}

// existingCluster checks that nothing is asked of a cluster that the stack does not own.
func (v *validator) existingCluster() {
	if v.config.Cluster.Existing == nil {
		return
	}
	for _, path := range v.givenIn("cluster") {
		if path != "existing" {
			v.add(v.root("cluster").key(path), "is given for a cluster that exists", "remove it; the stack changes nothing of that cluster")
		}
	}
	if v.config.Webhook.Mode == WebhookAddon {
		v.add(v.root("webhook").key("mode"), "is addon for a cluster that exists, whose add-ons are not this stack's",
			"use none if the add-on is on there, or chart")
	}
}

func (v *validator) webhook(at keyPath, w *Webhook) {
	if w.Chart == nil || w.Mode == WebhookChart {
		return
	}
	v.add(at.key("chart"), fmt.Sprintf("has chart settings, but mode is %s", w.Mode),
		"set mode to chart, or remove the chart settings: add-on and chart install the same cluster-wide names and cannot stand side by side")
}
