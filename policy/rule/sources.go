package rule

// Source is a document that a rule rests on.
type Source struct{ Title, URL string }

// Sources that rules of several subjects share.
var (
	Federation = Source{
		Title: "Workload identity federation",
		URL:   "https://learn.microsoft.com/entra/workload-id/workload-identity-federation",
	}
	FederationLimits = Source{
		Title: "Important considerations and restrictions for federated identity credentials",
		URL:   "https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations",
	}
	IssuerOfAKS = Source{
		Title: "Create an OpenID Connect provider on AKS",
		URL:   "https://learn.microsoft.com/azure/aks/use-oidc-issuer",
	}
	LabelsAndAnnotations = Source{
		Title: "Service account labels and annotations, Azure AD Workload Identity",
		URL:   "https://azure.github.io/azure-workload-identity/docs/topics/service-account-labels-and-annotations.html",
	}
	MutatingWebhook = Source{
		Title: "Mutating admission webhook, Azure AD Workload Identity",
		URL:   "https://azure.github.io/azure-workload-identity/docs/installation/mutating-admission-webhook.html",
	}
	WebhookRelease16 = Source{
		Title: "Release notes of azure-workload-identity v1.6.0",
		URL:   "https://github.com/Azure/azure-workload-identity/releases/tag/v1.6.0",
	}
	PodIdentityMigration = Source{
		Title: "Migrate from pod managed identity to workload identity",
		URL:   "https://learn.microsoft.com/azure/aks/workload-identity-migrate-from-pod-identity",
	}
	ServiceAccounts = Source{
		Title: "Configure service accounts for pods, Kubernetes",
		URL:   "https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/",
	}
	RBACPractices = Source{
		Title: "Best practices for Azure RBAC",
		URL:   "https://learn.microsoft.com/azure/role-based-access-control/best-practices",
	}
)

// NoneKnown stands for no false alarms.
const NoneKnown = "None is known."

// Reasons for default levels that several rules share.
const (
	Fails     = "The deployment or the workload fails otherwise."
	Insecure  = "It is nearly always a mistake, and it gives away access."
	Hardening = "General hardening, which no workload's identity depends on; the hardened profile enforces it."
	OptIn     = "It needs something that a small cluster does without (network, money, another resource)."
	Advice    = "Nothing fails without it at first; it causes cost or risk later."
)
