package cluster_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/cluster"
	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
)

func TestInvalidAccess(t *testing.T) {
	groups := &cluster.EntraArgs{AdminGroupObjectIds: pulumi.StringArray{pulumi.String(guid)}}
	login := &cluster.KubeloginArgs{Login: cluster.LoginAzureCLI}
	checkInvalid(t, invalidCases{
		"Entra, and nobody is let in": {
			Args: &cluster.ClusterArgs{Entra: &cluster.EntraArgs{}, Credentials: cluster.CredentialsAdmin},
			Want: []pulumitest.Problem{{Path: "entra", Text: "adminGroupObjectIds, azureRbac or both"}},
		},
		"an empty list lets nobody in either": {
			Args: &cluster.ClusterArgs{
				Entra:       &cluster.EntraArgs{AdminGroupObjectIds: pulumi.StringArray{}, AzureRbac: pulumi.Bool(false)},
				Credentials: cluster.CredentialsAdmin,
			},
			Want: []pulumitest.Problem{{Path: "entra", Text: "nobody is let in"}},
		},
		"ids that are none": {
			Args: &cluster.ClusterArgs{
				Entra:       &cluster.EntraArgs{AdminGroupObjectIds: pulumi.StringArray{pulumi.String(guid), pulumi.String("admins")}, TenantId: pulumi.String("contoso")},
				Credentials: cluster.CredentialsAdmin,
			},
			Want: []pulumitest.Problem{
				{Path: "entra.tenantId", Text: "not a GUID"},
				{Path: "entra.adminGroupObjectIds[1]", Text: "not a GUID"},
			},
		},
		"no local accounts, and no Entra": {
			Args: &cluster.ClusterArgs{DisableLocalAccounts: true},
			Want: []pulumitest.Problem{{Path: "disableLocalAccounts", Text: "give entra too"}},
		},
		"user credentials and Entra: device code": {
			Args: &cluster.ClusterArgs{Entra: groups},
			Want: []pulumitest.Problem{{Path: "credentials", Text: `or "admin"`}},
		},
		"user credentials and Entra alone: one way is left": {
			Args: &cluster.ClusterArgs{Entra: groups, DisableLocalAccounts: true, Credentials: cluster.CredentialsUser},
			Want: []pulumitest.Problem{{Path: "credentials", Text: "device code"}},
		},
		"admin credentials are a local account": {
			Args: &cluster.ClusterArgs{Entra: groups, DisableLocalAccounts: true, Credentials: cluster.CredentialsAdmin},
			Want: []pulumitest.Problem{{Path: "credentials", Text: "choose kubelogin"}},
		},
		"kubelogin without Entra": {
			Args: &cluster.ClusterArgs{Kubelogin: login},
			Want: []pulumitest.Problem{{Path: "credentials", Text: "give entra"}},
		},
		"kubelogin without a login": {
			Args: &cluster.ClusterArgs{Entra: groups, Credentials: cluster.CredentialsKubelogin},
			Want: []pulumitest.Problem{{Path: "kubelogin", Text: "give kubelogin.login"}},
		},
		"kubelogin with its own default, device code": {
			Args: &cluster.ClusterArgs{Entra: groups, Kubelogin: &cluster.KubeloginArgs{}},
			Want: []pulumitest.Problem{{Path: "kubelogin.login", Text: "waits for a person"}},
		},
		"a login that waits for a person": {
			Args: &cluster.ClusterArgs{Entra: groups, Kubelogin: &cluster.KubeloginArgs{Login: "devicecode"}},
			Want: []pulumitest.Problem{{Path: "kubelogin.login", Text: "azurecli, workloadidentity, spn, msi"}},
		},
		"a mode that does not exist": {
			Args: &cluster.ClusterArgs{Credentials: "root"},
			Want: []pulumitest.Problem{{Path: "credentials", Text: "user, admin, kubelogin"}},
		},
		"two ways in at once": {
			Args: &cluster.ClusterArgs{Entra: groups, Credentials: cluster.CredentialsAdmin, Kubelogin: login},
			Want: []pulumitest.Problem{{Path: "kubelogin", Text: "leave one of the two out"}},
		},
		"the Azure CLI has its own identity": {
			Args: &cluster.ClusterArgs{Entra: groups, Kubelogin: &cluster.KubeloginArgs{Login: cluster.LoginAzureCLI, ClientId: pulumi.String(guid), ServerId: pulumi.String("x")}},
			Want: []pulumitest.Problem{
				{Path: "kubelogin.clientId", Text: "leave it out"},
				{Path: "kubelogin.serverId", Text: "not a GUID"},
			},
		},
	})
}

func TestInvalidIdentities(t *testing.T) {
	checkInvalid(t, invalidCases{
		"ids of something else": {
			Args: &cluster.ClusterArgs{
				ControlPlaneIdentityId: pulumi.String(subnet),
				KubeletIdentity: &cluster.KubeletIdentityArgs{
					IdentityId: pulumi.String("nodes"), ClientId: pulumi.String("c"), ObjectId: pulumi.String("o"), ControlPlanePrincipalId: pulumi.String("p"),
				},
			},
			Want: []pulumitest.Problem{
				{Path: "controlPlaneIdentityId", Text: "Microsoft.ManagedIdentity/userAssignedIdentities"},
				{Path: "kubeletIdentity.identityId", Text: "not a resource id"},
				{Path: "kubeletIdentity.clientId", Text: "not a GUID"},
				{Path: "kubeletIdentity.objectId", Text: "not a GUID"},
				{Path: "kubeletIdentity.controlPlanePrincipalId", Text: "not a GUID"},
			},
		},
		"all three ids of the nodes' identity": {
			Args: &cluster.ClusterArgs{ControlPlaneIdentityId: pulumi.String(control), KubeletIdentity: &cluster.KubeletIdentityArgs{}},
			Want: []pulumitest.Problem{
				{Path: "kubeletIdentity.identityId", Text: "is required"},
				{Path: "kubeletIdentity.clientId", Text: "is required"},
				{Path: "kubeletIdentity.objectId", Text: "is required"},
			},
		},
		"a control plane that cannot be let use it": {
			Args: &cluster.ClusterArgs{KubeletIdentity: &cluster.KubeletIdentityArgs{IdentityId: pulumi.String(nodes), ClientId: pulumi.String(guid), ObjectId: pulumi.String(guid)}},
			Want: []pulumitest.Problem{{Path: "kubeletIdentity", Text: "give controlPlaneIdentityId too"}},
		},
		"registries by key and by id, each once": {
			Args: &cluster.ClusterArgs{ContainerRegistries: []cluster.ContainerRegistryArgs{
				{Key: "a", Id: pulumi.String(registry + "one")}, {Key: "a", Id: pulumi.String(registry + "ONE")},
				{Key: "a.b", Id: pulumi.String(subnet)}, {Key: "c"},
			}},
			Want: []pulumitest.Problem{
				{Path: "containerRegistries[3].id", Text: "is required"},
				{Path: "containerRegistries[1].key", Text: "containerRegistries[0] has the key"},
				{Path: "containerRegistries[1].id", Text: "containerRegistries[0] is the same registry"},
				{Path: "containerRegistries[2].key", Text: "1 to 63"},
				{Path: "containerRegistries[2].id", Text: "Microsoft.ContainerRegistry/registries"},
			},
		},
	})
}

func TestInvalidAddOns(t *testing.T) {
	checkInvalid(t, invalidCases{
		"settings that do not go together or are none": {
			Args: &cluster.ClusterArgs{AddOns: &cluster.AddOnsArgs{
				KeyVaultSecretsProvider: &cluster.KeyVaultSecretsProviderArgs{Rotation: pulumi.Bool(false), RotationPollInterval: pulumi.String("2 minutes")},
				ContainerInsights:       &cluster.ContainerInsightsArgs{},
				Defender:                &cluster.DefenderArgs{WorkspaceId: pulumi.String(subnet)},
				ImageCleaner:            &cluster.ImageCleanerArgs{IntervalHours: pulumi.Int(1)},
			}},
			Want: []pulumitest.Problem{
				{Path: "addOns.containerInsights.workspaceId", Text: "is required"},
				{Path: "addOns.imageCleaner.intervalHours", Text: "24 to 2160 hours"},
				{Path: "addOns.keyVaultSecretsProvider.rotationPollInterval", Text: `such as "2m"`},
				{Path: "addOns.keyVaultSecretsProvider.rotationPollInterval", Text: "without rotation"},
				{Path: "addOns.defender.workspaceId", Text: "Microsoft.OperationalInsights/workspaces"},
			},
		},
	})
}

func TestInvalidMaintenance(t *testing.T) {
	windows := func(list ...cluster.MaintenanceWindowArgs) *cluster.ClusterArgs {
		return &cluster.ClusterArgs{MaintenanceWindows: list}
	}
	sundays := &cluster.MaintenanceScheduleArgs{Weekly: &cluster.WeeklyScheduleArgs{DayOfWeek: pulumi.String("Sunday")}}
	one := pulumi.String("01:00")
	checkInvalid(t, invalidCases{
		"a window needs a name, a time and a schedule": {
			Args: windows(cluster.MaintenanceWindowArgs{}),
			Want: []pulumitest.Problem{
				{Path: "maintenanceWindows[0].schedule", Text: "is required"},
				{Path: "maintenanceWindows[0].startTime", Text: "is required"},
				{Path: "maintenanceWindows[0].name", Text: "is required"},
			},
		},
		"a name that means nothing": {
			Args: windows(cluster.MaintenanceWindowArgs{Name: "weekend", StartTime: one, Schedule: sundays}),
			Want: []pulumitest.Problem{{Path: "maintenanceWindows[0].name", Text: "aksManagedNodeOSUpgradeSchedule"}},
		},
		"one window of a name": {
			Args: windows(
				cluster.MaintenanceWindowArgs{Name: cluster.MaintenanceNodeOS, StartTime: one, Schedule: sundays},
				cluster.MaintenanceWindowArgs{Name: cluster.MaintenanceNodeOS, StartTime: one, Schedule: sundays}),
			Want: []pulumitest.Problem{{Path: "maintenanceWindows[1].name", Text: "maintenanceWindows[0]"}},
		},
		"AKS's own releases come weekly": {
			Args: windows(cluster.MaintenanceWindowArgs{Name: cluster.MaintenanceDefault, StartTime: one, Schedule: &cluster.MaintenanceScheduleArgs{Daily: &cluster.DailyScheduleArgs{}}}),
			Want: []pulumitest.Problem{{Path: "maintenanceWindows[0].schedule", Text: "weekly only"}},
		},
		"a schedule that is none": {
			Args: windows(cluster.MaintenanceWindowArgs{Name: cluster.MaintenanceNodeOS, StartTime: one, Schedule: &cluster.MaintenanceScheduleArgs{}}),
			Want: []pulumitest.Problem{{Path: "maintenanceWindows[0].schedule", Text: "exactly one"}},
		},
		"two schedules at once": {
			Args: windows(cluster.MaintenanceWindowArgs{Name: cluster.MaintenanceNodeOS, StartTime: one, Schedule: &cluster.MaintenanceScheduleArgs{
				Daily: &cluster.DailyScheduleArgs{}, Weekly: sundays.Weekly,
			}}),
			Want: []pulumitest.Problem{{Path: "maintenanceWindows[0].schedule", Text: "2 schedules are given"}},
		},
		"numbers, days and weeks that do not exist": {
			Args: windows(
				cluster.MaintenanceWindowArgs{
					Name: cluster.MaintenanceNodeOS, StartTime: one, DurationHours: pulumi.Int(2),
					Schedule: &cluster.MaintenanceScheduleArgs{RelativeMonthly: &cluster.RelativeMonthlyScheduleArgs{
						DayOfWeek: pulumi.String("Funday"), WeekIndex: pulumi.String("Fifth"), IntervalMonths: pulumi.Int(7),
					}},
				},
				cluster.MaintenanceWindowArgs{
					Name: cluster.MaintenanceAutoUpgrade, StartTime: one,
					Schedule: &cluster.MaintenanceScheduleArgs{AbsoluteMonthly: &cluster.AbsoluteMonthlyScheduleArgs{DayOfMonth: pulumi.Int(32)}},
				}),
			Want: []pulumitest.Problem{
				{Path: "maintenanceWindows[0].schedule.relativeMonthly.dayOfWeek", Text: "Monday"},
				{Path: "maintenanceWindows[0].schedule.relativeMonthly.weekIndex", Text: "First, Second, Third, Fourth, Last"},
				{Path: "maintenanceWindows[0].schedule.relativeMonthly.intervalMonths", Text: "1 to 6 months"},
				{Path: "maintenanceWindows[0].durationHours", Text: "4 to 24 hours"},
				{Path: "maintenanceWindows[1].schedule.absoluteMonthly.dayOfMonth", Text: "32 is outside 1 to 31"},
			},
		},
		"times and dates that do not exist": {
			Args: windows(cluster.MaintenanceWindowArgs{
				Name: cluster.MaintenanceNodeOS, StartTime: pulumi.String("24:00"), UtcOffset: pulumi.String("CET"), StartDate: pulumi.String("2026-02-30"),
				Schedule: sundays,
				NotAllowedDates: []cluster.DateSpanArgs{
					{Start: pulumi.String("2026-12-24"), End: pulumi.String("2026-12-20")}, {Start: pulumi.String("24.12.2026"), End: pulumi.String("2027-01-06")},
				},
			}),
			Want: []pulumitest.Problem{
				{Path: "maintenanceWindows[0].startTime", Text: "hh:mm"},
				{Path: "maintenanceWindows[0].utcOffset", Text: "+01:00"},
				{Path: "maintenanceWindows[0].startDate", Text: "yyyy-mm-dd"},
				{Path: "maintenanceWindows[0].notAllowedDates[0].end", Text: "before the first, 2026-12-24"},
				{Path: "maintenanceWindows[0].notAllowedDates[1].start", Text: "yyyy-mm-dd"},
			},
		},
	})
}
