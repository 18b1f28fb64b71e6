package cluster

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	containerservice "github.com/pulumi/pulumi-azure-native-sdk/containerservice/v2/v20250101"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func TestMaintenanceConfiguration(t *testing.T) {
	window := func(name string, schedule *containerservice.ScheduleArgs) *containerservice.MaintenanceConfigurationArgs {
		return &containerservice.MaintenanceConfigurationArgs{
			ResourceGroupName: pulumi.String("group"), ResourceName: pulumi.String("aks"), ConfigName: pulumi.String(name),
			MaintenanceWindow: &containerservice.MaintenanceWindowArgs{
				Schedule: schedule, DurationHours: pulumi.Int(4), StartTime: pulumi.String("01:00"), UtcOffset: pulumi.String("+00:00"),
			},
		}
	}
	cases := map[string]struct {
		reason string
		args   MaintenanceWindowArgs
		want   *containerservice.MaintenanceConfigurationArgs
	}{
		"Weekly": {
			reason: "a weekly window with its defaults",
			args: MaintenanceWindowArgs{
				Name: MaintenanceDefault, StartTime: pulumi.String("01:00"),
				Schedule: &MaintenanceScheduleArgs{Weekly: &WeeklyScheduleArgs{DayOfWeek: pulumi.String("Sunday")}},
			},
			want: window("default", &containerservice.ScheduleArgs{
				Weekly: &containerservice.WeeklyScheduleArgs{DayOfWeek: pulumi.String("Sunday"), IntervalWeeks: pulumi.Int(1)},
			}),
		},
		"Daily": {
			reason: "every third day",
			args: MaintenanceWindowArgs{
				Name: MaintenanceNodeOs, StartTime: pulumi.String("01:00"),
				Schedule: &MaintenanceScheduleArgs{Daily: &DailyScheduleArgs{IntervalDays: pulumi.Int(3)}},
			},
			want: window("aksManagedNodeOSUpgradeSchedule", &containerservice.ScheduleArgs{
				Daily: &containerservice.DailyScheduleArgs{IntervalDays: pulumi.Int(3)},
			}),
		},
		"Relative": {
			reason: "the last Monday of every second month",
			args: MaintenanceWindowArgs{
				Name: MaintenanceAutoUpgrade, StartTime: pulumi.String("01:00"),
				Schedule: &MaintenanceScheduleArgs{RelativeMonthly: &RelativeMonthlyScheduleArgs{
					DayOfWeek: pulumi.String("Monday"), WeekIndex: pulumi.String("Last"), IntervalMonths: pulumi.Int(2),
				}},
			},
			want: window("aksManagedAutoUpgradeSchedule", &containerservice.ScheduleArgs{
				RelativeMonthly: &containerservice.RelativeMonthlyScheduleArgs{
					DayOfWeek: pulumi.String("Monday"), WeekIndex: pulumi.String("Last"), IntervalMonths: pulumi.Int(2),
				},
			}),
		},
		"Everything": {
			reason: "every argument reaches its property",
			args: MaintenanceWindowArgs{
				Name: MaintenanceAutoUpgrade, StartTime: pulumi.String("22:30"), DurationHours: pulumi.Int(8), UtcOffset: pulumi.String("-07:00"),
				StartDate:       pulumi.String("2026-01-31"),
				NotAllowedDates: []DateSpanArgs{{Start: pulumi.String("2026-12-20"), End: pulumi.String("2027-01-06")}},
				Schedule:        &MaintenanceScheduleArgs{AbsoluteMonthly: &AbsoluteMonthlyScheduleArgs{DayOfMonth: pulumi.Int(15), IntervalMonths: pulumi.Int(3)}},
			},
			want: &containerservice.MaintenanceConfigurationArgs{
				ResourceGroupName: pulumi.String("group"), ResourceName: pulumi.String("aks"), ConfigName: pulumi.String("aksManagedAutoUpgradeSchedule"),
				MaintenanceWindow: &containerservice.MaintenanceWindowArgs{
					Schedule: &containerservice.ScheduleArgs{
						AbsoluteMonthly: &containerservice.AbsoluteMonthlyScheduleArgs{DayOfMonth: pulumi.Int(15), IntervalMonths: pulumi.Int(3)},
					},
					DurationHours: pulumi.Int(8), StartTime: pulumi.String("22:30"), UtcOffset: pulumi.String("-07:00"), StartDate: pulumi.String("2026-01-31"),
					NotAllowedDates: containerservice.DateSpanArray{
						&containerservice.DateSpanArgs{Start: pulumi.String("2026-12-20"), End: pulumi.String("2027-01-06")},
					},
				},
			},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if err := (&ClusterArgs{MaintenanceWindows: []MaintenanceWindowArgs{tc.args}}).Validate("shop"); err != nil {
				t.Fatal(err)
			}
			got := tc.args.configuration(testAddress)
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tc.reason, diff)
			}
		})
	}
}
