package cluster

import (
	"fmt"
	"regexp"
	"time"

	containerservice "github.com/pulumi/pulumi-azure-native-sdk/containerservice/v2/v20250101"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/internal/inputs"
	"github.com/aks-workload-identity/aks-workload-identity/internal/arguments"
	"github.com/aks-workload-identity/aks-workload-identity/internal/known"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

// MaintenanceWindowArgs is a time in which AKS changes the cluster automatically. AKS tries to keep
// to it. Urgent changes can come at any time. Ranges of numbers are those of
// Microsoft.ContainerService/managedClusters/maintenanceConfigurations.
type MaintenanceWindowArgs struct {
	// Name says what the window is for: default (AKS's weekly releases),
	// aksManagedAutoUpgradeSchedule (UpgradeChannel) or aksManagedNodeOSUpgradeSchedule
	// (NodeOsUpgradeChannel). Each name once. Required.
	Name MaintenanceWindowName `pulumi:"name"`
	// Schedule is when the window opens. The window default can be weekly only. Required.
	Schedule *MaintenanceScheduleArgs `pulumi:"schedule"`
	// DurationHours is how long the window is open, 4 to 24 hours. Default: 4.
	DurationHours pulumi.IntPtrInput `pulumi:"durationHours,optional" min:"4" max:"24" unit:"hours"`
	// StartTime is the time of day at which the window opens: hh:mm, 00:00 to 23:59, at UtcOffset.
	// Required.
	StartTime pulumi.StringInput `pulumi:"startTime"`
	// UtcOffset is the offset of StartTime from UTC, such as "+01:00". Default: "+00:00".
	UtcOffset pulumi.StringPtrInput `pulumi:"utcOffset,optional"`
	// StartDate is the first day on which the window can open: yyyy-mm-dd. Default: the day on
	// which it is created.
	StartDate pulumi.StringPtrInput `pulumi:"startDate,optional"`
	// NotAllowedDates are days on which the window stays closed. Default: none.
	NotAllowedDates []DateSpanArgs `pulumi:"notAllowedDates,optional"`
}

// MaintenanceWindowName says what a maintenance window is for.
type MaintenanceWindowName string

// Names of maintenance windows.
const (
	// MaintenanceDefault windows are for AKS's own weekly releases.
	MaintenanceDefault MaintenanceWindowName = "default"
	// MaintenanceAutoUpgrade windows are for the upgrades of UpgradeChannel.
	MaintenanceAutoUpgrade MaintenanceWindowName = "aksManagedAutoUpgradeSchedule"
	// MaintenanceNodeOs windows are for the upgrades of NodeOsUpgradeChannel.
	MaintenanceNodeOs MaintenanceWindowName = "aksManagedNodeOSUpgradeSchedule"
)

var _ = arguments.Enum(MaintenanceDefault, MaintenanceAutoUpgrade, MaintenanceNodeOs)

// MaintenanceScheduleArgs is a recurrence. Exactly one field is given.
type MaintenanceScheduleArgs struct {
	// Daily opens the window every few days.
	Daily *DailyScheduleArgs `pulumi:"daily,optional"`
	// Weekly opens the window on one day of every few weeks.
	Weekly *WeeklyScheduleArgs `pulumi:"weekly,optional"`
	// AbsoluteMonthly opens the window on one date of every few months.
	AbsoluteMonthly *AbsoluteMonthlyScheduleArgs `pulumi:"absoluteMonthly,optional"`
	// RelativeMonthly opens the window on one weekday, such as the first Monday, of every few
	// months.
	RelativeMonthly *RelativeMonthlyScheduleArgs `pulumi:"relativeMonthly,optional"`
}

// DailyScheduleArgs recurs every few days.
type DailyScheduleArgs struct {
	// IntervalDays is the number of days from one window to the next, 1 to 7. Default: 1.
	IntervalDays pulumi.IntPtrInput `pulumi:"intervalDays,optional" min:"1" max:"7" unit:"days"`
}

// WeeklyScheduleArgs recurs on one day of every few weeks.
type WeeklyScheduleArgs struct {
	// DayOfWeek is Monday to Sunday. Required.
	DayOfWeek pulumi.StringInput `pulumi:"dayOfWeek" enum:"Weekday"`
	// IntervalWeeks is the number of weeks from one window to the next, 1 to 4. Default: 1.
	IntervalWeeks pulumi.IntPtrInput `pulumi:"intervalWeeks,optional" min:"1" max:"4" unit:"weeks"`
}

// AbsoluteMonthlyScheduleArgs recurs on one date of every few months.
type AbsoluteMonthlyScheduleArgs struct {
	// DayOfMonth is 1 to 31. Required.
	DayOfMonth pulumi.IntInput `pulumi:"dayOfMonth" min:"1" max:"31"`
	// IntervalMonths is the number of months from one window to the next, 1 to 6. Default: 1.
	IntervalMonths pulumi.IntPtrInput `pulumi:"intervalMonths,optional" min:"1" max:"6" unit:"months"`
}

// RelativeMonthlyScheduleArgs recurs on one weekday of every few months.
type RelativeMonthlyScheduleArgs struct {
	// DayOfWeek is Monday to Sunday. Required.
	DayOfWeek pulumi.StringInput `pulumi:"dayOfWeek" enum:"Weekday"`
	// WeekIndex is First, Second, Third, Fourth or Last. Required.
	WeekIndex pulumi.StringInput `pulumi:"weekIndex" enum:"WeekIndex"`
	// IntervalMonths is the number of months from one window to the next, 1 to 6. Default: 1.
	IntervalMonths pulumi.IntPtrInput `pulumi:"intervalMonths,optional" min:"1" max:"6" unit:"months"`
}

// Weekday is the English name of a day of the week.
type Weekday string

var _ = arguments.Enum[Weekday]("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

// WeekIndex is a week of a month.
type WeekIndex string

var _ = arguments.Enum[WeekIndex]("First", "Second", "Third", "Fourth", "Last")

// DateSpanArgs is a span of days, the first and the last included.
type DateSpanArgs struct {
	// Start is the first day: yyyy-mm-dd. Required.
	Start pulumi.StringInput `pulumi:"start"`
	// End is the last day: yyyy-mm-dd, not before Start. Required.
	End pulumi.StringInput `pulumi:"end"`
}

const (
	// defaultWindowHours is the shortest duration that AKS accepts.
	defaultWindowHours = 4
	defaultOffset      = "+00:00"
)

var (
	clockTime = regexp.MustCompile(`^([01][0-9]|2[0-3]):[0-5][0-9]$`)
	utcOffset = regexp.MustCompile(`^[+-](0[0-9]|1[0-4]):[0-5][0-9]$`)
)

// configuration returns the arguments of the window's resource. All three kinds use the same
// properties since API version 2023-05-01. Source: learn.microsoft.com, "Use planned maintenance to
// schedule and control upgrades for your Azure Kubernetes Service cluster".
func (w *MaintenanceWindowArgs) configuration(at address) *containerservice.MaintenanceConfigurationArgs {
	window := &containerservice.MaintenanceWindowArgs{
		Schedule:      w.Schedule.schedule(),
		DurationHours: inputs.Int(inputs.IntOr(w.DurationHours, defaultWindowHours)),
		StartTime:     w.StartTime,
		UtcOffset:     inputs.StringOr(w.UtcOffset, defaultOffset),
		StartDate:     w.StartDate,
	}
	if len(w.NotAllowedDates) > 0 {
		closed := containerservice.DateSpanArray{}
		for _, d := range w.NotAllowedDates {
			closed = append(closed, &containerservice.DateSpanArgs{Start: d.Start, End: d.End})
		}
		window.NotAllowedDates = closed
	}
	return &containerservice.MaintenanceConfigurationArgs{
		ResourceGroupName: at.resourceGroup,
		ResourceName:      at.cluster,
		ConfigName:        pulumi.String(w.Name),
		MaintenanceWindow: window,
	}
}

func (s *MaintenanceScheduleArgs) schedule() *containerservice.ScheduleArgs {
	interval := func(in pulumi.IntPtrInput) pulumi.IntInput { return inputs.Int(inputs.IntOr(in, 1)) }
	out := &containerservice.ScheduleArgs{}
	if d := s.Daily; d != nil {
		out.Daily = &containerservice.DailyScheduleArgs{IntervalDays: interval(d.IntervalDays)}
	}
	if w := s.Weekly; w != nil {
		out.Weekly = &containerservice.WeeklyScheduleArgs{DayOfWeek: w.DayOfWeek, IntervalWeeks: interval(w.IntervalWeeks)}
	}
	if m := s.AbsoluteMonthly; m != nil {
		out.AbsoluteMonthly = &containerservice.AbsoluteMonthlyScheduleArgs{DayOfMonth: m.DayOfMonth, IntervalMonths: interval(m.IntervalMonths)}
	}
	if m := s.RelativeMonthly; m != nil {
		out.RelativeMonthly = &containerservice.RelativeMonthlyScheduleArgs{
			DayOfWeek: m.DayOfWeek, WeekIndex: m.WeekIndex, IntervalMonths: interval(m.IntervalMonths),
		}
	}
	return out
}

// checkMaintenance checks the maintenance windows. Source: learn.microsoft.com, "Use planned
// maintenance to schedule and control upgrades for your Azure Kubernetes Service cluster".
func (args *ClusterArgs) checkMaintenance(l *problem.List) {
	owners := map[MaintenanceWindowName]problem.Path{}
	for i := range args.MaintenanceWindows {
		w, path := &args.MaintenanceWindows[i], problem.Path("maintenanceWindows").Index(i)
		if w.Name == "" {
			l.Add(path+".name", "name is required", "it says what the window is for")
		}
		if owner, taken := owners[w.Name]; taken && w.Name != "" {
			l.Add(path+".name", fmt.Sprintf("%s is called %q already", owner, w.Name), "a cluster has one window of each name")
		}
		owners[w.Name] = path
		w.checkTimes(l, path)
		if w.Schedule != nil {
			w.checkSchedule(l, path+".schedule")
		}
	}
}

func (w *MaintenanceWindowArgs) checkTimes(l *problem.List, path problem.Path) {
	if text, ok := known.String(w.StartTime); ok && !clockTime.MatchString(text) {
		l.Add(path+".startTime", fmt.Sprintf("%q is not a time", text), "write hh:mm, 00:00 to 23:59")
	}
	if text, ok := known.String(w.UtcOffset); ok && !utcOffset.MatchString(text) {
		l.Add(path+".utcOffset", fmt.Sprintf("%q is not an offset", text), "write it like \"+01:00\" or \"-07:00\"")
	}
	checkDate(l, path+".startDate", w.StartDate)
	for i, d := range w.NotAllowedDates {
		at := path.Field("notAllowedDates").Index(i)
		start, startOK := checkDate(l, at+".start", d.Start)
		end, endOK := checkDate(l, at+".end", d.End)
		if startOK && endOK && end.Before(start) {
			l.Add(at+".end", fmt.Sprintf("the last day is before the first, %s", start.Format(time.DateOnly)), "exchange the two")
		}
	}
}

// checkDate returns a date that is known and exists.
func checkDate(l *problem.List, path problem.Path, in any) (time.Time, bool) {
	text, ok := known.String(in)
	if !ok {
		return time.Time{}, false
	}
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		l.Add(path, fmt.Sprintf("%q is not a date", text), "write yyyy-mm-dd")
	}
	return day, err == nil
}

func (w *MaintenanceWindowArgs) checkSchedule(l *problem.List, path problem.Path) {
	s, given := w.Schedule, 0
	for _, isGiven := range []bool{s.Daily != nil, s.Weekly != nil, s.AbsoluteMonthly != nil, s.RelativeMonthly != nil} {
		if isGiven {
			given++
		}
	}
	switch {
	case given != 1:
		l.Add(path, fmt.Sprintf("%d schedules are given", given), "give exactly one of daily, weekly, absoluteMonthly and relativeMonthly")
	case w.Name == MaintenanceDefault && s.Weekly == nil:
		l.Add(path, fmt.Sprintf("the window %s can be weekly only", MaintenanceDefault), "give weekly")
	}
}
