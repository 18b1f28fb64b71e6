package preflight

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"golang.org/x/sync/errgroup"

	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/azcloud"
)

// Names of the checks, in the order of the table.
const (
	checkFile         = "stack file"
	checkPulumi       = "pulumi"
	checkState        = "state"
	checkSecrets      = "secrets"
	checkLogin        = "login"
	checkSubscription = "subscription"
	checkRegion       = "region"
	checkProviders    = "providers"
	checkRights       = "rights"
	checkEntra        = "entra"
	checkPolicies     = "policies"
	checkKubernetes   = "kubernetes"
	checkSizes        = "sizes"
	checkQuota        = "quota"
	checkNames        = "names"
)

// Checks lists the names of all checks, in the order of the table.
func Checks() []string {
	return []string{
		checkFile, checkPulumi, checkState, checkSecrets, checkLogin, checkSubscription, checkRegion, checkProviders, checkRights,
		checkEntra, checkPolicies, checkKubernetes, checkSizes, checkQuota, checkNames,
	}
}

// Order returns the rows of some checks in the order of the table.
func Order(rows []Row, checks []string) []Row {
	kept := slices.DeleteFunc(rows, func(r Row) bool { return !slices.Contains(checks, r.Check) })
	slices.SortStableFunc(kept, func(a, b Row) int { return slices.Index(Checks(), a.Check) - slices.Index(Checks(), b.Check) })
	return kept
}

// Support plans of a Kubernetes version.
const (
	planOfficial = "KubernetesOfficial"
	planLongTerm = "AKSLongTermSupport"
)

// Login is the signed-in operator.
type Login interface {
	azcore.TokenCredential
	// Describe tells which login it is, such as "the Azure CLI".
	Describe() string
	// Subscription returns the id of the subscription; "" if the login has none.
	Subscription(ctx context.Context) (string, error)
}

// Checker checks one stack against one subscription.
type Checker struct {
	Plan    Plan
	PlanErr error
	// Deployed is what the stack has.
	Deployed Deployed
	// Login is nil if there is none, and LoginErr tells why.
	Login    Login
	LoginErr error
	// Client holds transport and retries of the requests; zero keeps the SDK's.
	Client azcore.ClientOptions
	// Only has the names of the checks to make; all if it is empty.
	Only []string

	cloud          azcloud.Cloud
	azure          *client
	subscriptionID string
	operator       claims
	sizesAndQuotas catalogue
}

// Run makes the checks of Azure and returns their rows in the order of the table. They run at the
// same time, and all problems are found at once.
func (c *Checker) Run(ctx context.Context) []Row {
	rows := c.keep(c.file())
	cloud, err := azcloud.Lookup(c.Plan.Cloud)
	if err != nil {
		return append(rows, problem(checkFile, "UnknownCloud", err.Error(), c.set("cloud", "AzurePublicCloud")))
	}
	c.cloud = cloud
	first, reachable := c.signIn(ctx)
	rows = append(rows, c.keep(first)...)
	if !reachable {
		return append(rows, c.keep(c.unreached())...)
	}
	if c.Plan.Other {
		return rows
	}
	rest := []func(context.Context) []Row{
		c.region, c.providers, c.rights, c.entra, c.policies, c.kubernetes, c.sizes, c.quota, c.names,
	}
	found := make([][]Row, len(rest))
	var group errgroup.Group
	for i, check := range rest {
		if !c.wanted(Checks()[i+slices.Index(Checks(), checkRegion)]) {
			continue
		}
		group.Go(func() error {
			found[i] = check(ctx)
			return nil
		})
	}
	_ = group.Wait() // no function returns an error: the rows have them
	return append(rows, slices.Concat(found...)...)
}

// wanted reports whether a check is to be made.
func (c *Checker) wanted(check string) bool {
	return len(c.Only) == 0 || slices.Contains(c.Only, check)
}

// keep returns the rows of the checks that are wanted.
func (c *Checker) keep(rows []Row) []Row {
	return slices.DeleteFunc(rows, func(r Row) bool { return !c.wanted(r.Check) })
}

// unreached returns the rows of what depends on a login and a subscription.
func (c *Checker) unreached() []Row {
	var rows []Row
	for _, check := range Checks()[slices.Index(Checks(), checkRegion):] {
		rows = append(rows, unchecked(check, "needs a login and a subscription", "see above"))
	}
	return rows
}

// file reports whether the stack's file could be read.
func (c *Checker) file() []Row {
	if c.PlanErr != nil && c.Plan.File == "" {
		return []Row{problem(checkFile, "NoStackFile", c.PlanErr.Error(), "copy Pulumi.dev.yaml to it and edit it, or choose another stack")}
	}
	if c.PlanErr != nil {
		return []Row{problem(checkFile, "StackFile", c.PlanErr.Error(), "correct it; docs/stack-file.md has all keys")}
	}
	if c.Plan.Other {
		return []Row{warning(checkFile, "OtherProgram", c.Plan.File+" has no key that tells what the program needs of Azure",
			"login, subscription and state are checked; the rest only the deployment can tell")}
	}
	return []Row{ok(checkFile, c.Plan.File)}
}

// set returns the command that sets a key of the stack.
func (c *Checker) set(path, value string) string {
	return fmt.Sprintf("pulumi config set --path '%s:%s' %s", c.Plan.Project, path, value)
}

// unset returns the command that removes a key of the stack.
func (c *Checker) unset(path string) string {
	return fmt.Sprintf("pulumi config rm --path '%s:%s'", c.Plan.Project, path)
}

// signIn gets a token and the subscription. It reports whether the other checks can be made.
func (c *Checker) signIn(ctx context.Context) ([]Row, bool) {
	if c.Login == nil {
		return []Row{problem(checkLogin, "NoLogin", sentence(c.LoginErr), "az login"),
			unchecked(checkSubscription, "needs a login", "see above")}, false
	}
	token, err := c.Login.GetToken(ctx, policy.TokenRequestOptions{Scopes: []string{c.cloud.ManagementScope}})
	if err != nil {
		return []Row{problem(checkLogin, "LoginFailed", loginError(err), "log in again, or correct the setting that decides about the login"),
			unchecked(checkSubscription, "needs a login", "see above")}, false
	}
	if c.operator, err = readClaims(token.Token); err != nil {
		return []Row{problem(checkLogin, "LoginFailed", err.Error(), "az login"), unchecked(checkSubscription, "needs a login", "see above")}, false
	}
	rows := []Row{ok(checkLogin, fmt.Sprintf("%s, by %s, in tenant %s", c.operator.who(), c.Login.Describe(), c.operator.TenantID))}
	if c.azure, err = newClient(c.cloud, c.Login, c.Client); err != nil {
		return append(rows, unchecked(checkSubscription, err.Error(), "report this")), false
	}
	row, reachable := c.subscription(ctx)
	return append(rows, row), reachable
}

// loginError returns the first lines of an error of azidentity that tell something: Entra's code
// and sentence.
func loginError(err error) string {
	text := err.Error()
	head, _, _ := strings.Cut(text, "\n")
	if i := strings.Index(text, "AADSTS"); i >= 0 {
		code := text[i:]
		if end := strings.IndexAny(code, "\n\""); end > 0 {
			code = code[:end]
		}
		if end := strings.Index(code, " Trace ID"); end > 0 {
			code = code[:end]
		}
		if !strings.Contains(head, code) {
			head += ": " + code
		}
	}
	return strings.TrimSpace(head)
}

const stateEnabled = "Enabled"

// subscription checks the subscription and its state.
func (c *Checker) subscription(ctx context.Context) (Row, bool) {
	id, err := c.Login.Subscription(ctx)
	if err != nil {
		return problem(checkSubscription, "NoSubscription", err.Error(), "az account set --subscription NAME"), false
	}
	if id == "" {
		return problem(checkSubscription, "NoSubscription", "none is chosen", "export ARM_SUBSCRIPTION_ID=ID").or("or: pulumi config set azure-native:subscriptionId ID"), false
	}
	c.subscriptionID = id
	var s struct {
		DisplayName string `json:"displayName"`
		State       string `json:"state"`
		TenantID    string `json:"tenantId"`
	}
	if err := c.azure.get(ctx, "/subscriptions/"+id, apiSubscriptions, &s); err != nil {
		if code, _ := status(err); code == 403 || code == 404 {
			return problem(checkSubscription, "SubscriptionNotFound", fmt.Sprintf("%s is not visible to this login: %s", id, sentence(err)),
				"az account list --output table").or("choose one of these, or have a role assigned in it"), false
		}
		if code, _ := status(err); code == 401 {
			// The subscription is in another tenant than the one that gave the token.
			return problem(checkSubscription, "WrongTenant", sentence(err), "az login --tenant TENANT").or("or set ARM_TENANT_ID to the subscription's tenant"), false
		}
		return cannotRead(checkSubscription, err), false
	}
	what := fmt.Sprintf("%s (%s)", s.DisplayName, id)
	switch s.State {
	case stateEnabled:
		return ok(checkSubscription, what), true
	case "Warned", "PastDue":
		return warning(checkSubscription, "SubscriptionState", what+" is "+s.State+", and will be disabled", "settle the bill at https://portal.azure.com/#view/Microsoft_Azure_Billing/SubscriptionsBlade"), true
	}
	return problem(checkSubscription, "SubscriptionDisabled", what+" is "+s.State+": Azure refuses every write",
		"az account set --subscription NAME").or("or reactivate it: https://aka.ms/reactivate-subscription"), true
}

// own returns the scope of the stack's resources: its resource group if that exists, else the
// subscription.
func (c *Checker) own() string {
	group := ""
	if c.Plan.Group.Existing {
		group = c.Plan.Group.Name
	}
	for name := range c.Deployed.Groups {
		group = name
	}
	if group == "" {
		return c.subscriptionScope()
	}
	return c.subscriptionScope() + "/resourceGroups/" + group
}

func (c *Checker) subscriptionScope() string { return "/subscriptions/" + c.subscriptionID }
