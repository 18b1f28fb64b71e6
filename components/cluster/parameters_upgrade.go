package cluster

import (
	containerservice "github.com/pulumi/pulumi-azure-native-sdk/containerservice/v2/v20250101"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

const (
	// defaultWindowHours is the shortest window that AKS promises to use.
	defaultWindowHours = 4
	defaultOffset      = "+00:00"
)

// upgradeProfile keeps nodes patched, as AKS does by itself since API 2023-06-01,
// and leaves the Kubernetes version to the caller.
func upgradeProfile(args *ClusterArgs) *containerservice.ManagedClusterAutoUpgradeProfileArgs {
	return &containerservice.ManagedClusterAutoUpgradeProfileArgs{
		UpgradeChannel:       stringOr(args.UpgradeChannel, UpgradeNone),
		NodeOSUpgradeChannel: stringOr(args.NodeOsUpgradeChannel, NodeOSNodeImage),
	}
}

// maintenanceConfiguration is the pure function from a window's arguments to those
// of its resource. All three kinds use the same properties since API 2023-05-01.
// Source: learn.microsoft.com, "Use planned maintenance to schedule and control
// upgrades for your Azure Kubernetes Service cluster".
func maintenanceConfiguration(resourceGroup, cluster pulumi.StringInput, w *MaintenanceWindowArgs) *containerservice.MaintenanceConfigurationArgs {
	window := &containerservice.MaintenanceWindowArgs{
		Schedule:      maintenanceSchedule(w.Schedule),
		DurationHours: requiredInt(intOr(w.DurationHours, defaultWindowHours)),
		StartTime:     w.StartTime,
		UtcOffset:     stringOr(w.UtcOffset, defaultOffset),
		StartDate:     w.StartDate,
	}
	if len(w.NotAllowedDates) > 0 {
		closed := containerservice.DateSpanArray{}
		for i := range w.NotAllowedDates {
			d := &w.NotAllowedDates[i]
			closed = append(closed, &containerservice.DateSpanArgs{Start: d.Start, End: d.End})
		}
		window.NotAllowedDates = closed
	}
	return &containerservice.MaintenanceConfigurationArgs{
		ResourceGroupName: resourceGroup,
		ResourceName:      cluster,
		ConfigName:        pulumi.String(w.Name),
		MaintenanceWindow: window,
	}
}

func maintenanceSchedule(s *MaintenanceScheduleArgs) *containerservice.ScheduleArgs {
	out := &containerservice.ScheduleArgs{}
	if d := s.Daily; d != nil {
		out.Daily = &containerservice.DailyScheduleArgs{IntervalDays: every(d.IntervalDays)}
	}
	if w := s.Weekly; w != nil {
		out.Weekly = &containerservice.WeeklyScheduleArgs{DayOfWeek: w.DayOfWeek, IntervalWeeks: every(w.IntervalWeeks)}
	}
	if m := s.AbsoluteMonthly; m != nil {
		out.AbsoluteMonthly = &containerservice.AbsoluteMonthlyScheduleArgs{DayOfMonth: m.DayOfMonth, IntervalMonths: every(m.IntervalMonths)}
	}
	if m := s.RelativeMonthly; m != nil {
		out.RelativeMonthly = &containerservice.RelativeMonthlyScheduleArgs{
			DayOfWeek: m.DayOfWeek, WeekIndex: m.WeekIndex, IntervalMonths: every(m.IntervalMonths),
		}
	}
	return out
}

// every is an interval, one by default.
func every(in pulumi.IntPtrInput) pulumi.IntInput { return requiredInt(intOr(in, 1)) }
