package cluster_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/cluster"
	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
)

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
				cluster.MaintenanceWindowArgs{Name: cluster.MaintenanceNodeOs, StartTime: one, Schedule: sundays},
				cluster.MaintenanceWindowArgs{Name: cluster.MaintenanceNodeOs, StartTime: one, Schedule: sundays}),
			Want: []pulumitest.Problem{{Path: "maintenanceWindows[1].name", Text: "maintenanceWindows[0]"}},
		},
		"AKS's own releases come weekly": {
			Args: windows(cluster.MaintenanceWindowArgs{Name: cluster.MaintenanceDefault, StartTime: one, Schedule: &cluster.MaintenanceScheduleArgs{Daily: &cluster.DailyScheduleArgs{}}}),
			Want: []pulumitest.Problem{{Path: "maintenanceWindows[0].schedule", Text: "weekly only"}},
		},
		"a schedule that is none": {
			Args: windows(cluster.MaintenanceWindowArgs{Name: cluster.MaintenanceNodeOs, StartTime: one, Schedule: &cluster.MaintenanceScheduleArgs{}}),
			Want: []pulumitest.Problem{{Path: "maintenanceWindows[0].schedule", Text: "exactly one"}},
		},
		"two schedules at once": {
			Args: windows(cluster.MaintenanceWindowArgs{Name: cluster.MaintenanceNodeOs, StartTime: one, Schedule: &cluster.MaintenanceScheduleArgs{
				Daily: &cluster.DailyScheduleArgs{}, Weekly: sundays.Weekly,
			}}),
			Want: []pulumitest.Problem{{Path: "maintenanceWindows[0].schedule", Text: "2 schedules are given"}},
		},
		"numbers, days and weeks that do not exist": {
			Args: windows(
				cluster.MaintenanceWindowArgs{
					Name: cluster.MaintenanceNodeOs, StartTime: one, DurationHours: pulumi.Int(2),
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
				Name: cluster.MaintenanceNodeOs, StartTime: pulumi.String("24:00"), UtcOffset: pulumi.String("CET"), StartDate: pulumi.String("2026-02-30"),
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
