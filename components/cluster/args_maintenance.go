package cluster

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// MaintenanceWindowArgs is a time in which AKS may change the cluster by itself.
// AKS keeps to it as well as it can; urgent changes come at any time.
type MaintenanceWindowArgs struct {
	// Name says what the window is for: default (AKS's weekly releases),
	// aksManagedAutoUpgradeSchedule (UpgradeChannel) or
	// aksManagedNodeOSUpgradeSchedule (NodeOsUpgradeChannel). Required; each once.
	Name string `pulumi:"name" enum:"default,aksManagedAutoUpgradeSchedule,aksManagedNodeOSUpgradeSchedule"`
	// Schedule is when the window opens. Required; "default" can be weekly only.
	Schedule *MaintenanceScheduleArgs `pulumi:"schedule"`
	// DurationHours is how long it is open, 4 to 24 hours. Default: 4.
	DurationHours pulumi.IntPtrInput `pulumi:"durationHours,optional" min:"4" max:"24" unit:"hours"`
	// StartTime is when it opens: hh:mm, 00:00 to 23:59, at UtcOffset. Required.
	StartTime pulumi.StringInput `pulumi:"startTime"`
	// UtcOffset is the time zone, such as "+01:00". Default: +00:00.
	UtcOffset pulumi.StringPtrInput `pulumi:"utcOffset,optional"`
	// StartDate is the first day on which the window can open: yyyy-mm-dd. Default:
	// the day on which it is created.
	StartDate pulumi.StringPtrInput `pulumi:"startDate,optional"`
	// NotAllowedDates are days on which it stays closed.
	NotAllowedDates []DateSpanArgs `pulumi:"notAllowedDates,optional"`
}

// MaintenanceScheduleArgs is a recurrence; exactly one field is given.
type MaintenanceScheduleArgs struct {
	// Daily opens the window every few days.
	Daily *DailyScheduleArgs `pulumi:"daily,optional"`
	// Weekly opens the window on one day of every few weeks.
	Weekly *WeeklyScheduleArgs `pulumi:"weekly,optional"`
	// AbsoluteMonthly opens the window on one date of every few months.
	AbsoluteMonthly *AbsoluteMonthlyScheduleArgs `pulumi:"absoluteMonthly,optional"`
	// RelativeMonthly opens the window on, say, the first Monday of every few months.
	RelativeMonthly *RelativeMonthlyScheduleArgs `pulumi:"relativeMonthly,optional"`
}

// DailyScheduleArgs recurs every few days.
type DailyScheduleArgs struct {
	// IntervalDays is the number of days from one to the next, 1 to 7. Default: 1.
	IntervalDays pulumi.IntPtrInput `pulumi:"intervalDays,optional" min:"1" max:"7" unit:"days"`
}

// WeeklyScheduleArgs recurs on one day of every few weeks.
type WeeklyScheduleArgs struct {
	// DayOfWeek is Monday to Sunday. Required.
	DayOfWeek pulumi.StringInput `pulumi:"dayOfWeek" enum:"Monday,Tuesday,Wednesday,Thursday,Friday,Saturday,Sunday"`
	// IntervalWeeks is the number of weeks from one to the next, 1 to 4. Default: 1.
	IntervalWeeks pulumi.IntPtrInput `pulumi:"intervalWeeks,optional" min:"1" max:"4" unit:"weeks"`
}

// AbsoluteMonthlyScheduleArgs recurs on one date of every few months.
type AbsoluteMonthlyScheduleArgs struct {
	// DayOfMonth is 1 to 31. Required.
	DayOfMonth pulumi.IntInput `pulumi:"dayOfMonth" min:"1" max:"31"`
	// IntervalMonths is the number of months from one to the next, 1 to 6. Default: 1.
	IntervalMonths pulumi.IntPtrInput `pulumi:"intervalMonths,optional" min:"1" max:"6" unit:"months"`
}

// RelativeMonthlyScheduleArgs recurs on one weekday of every few months.
type RelativeMonthlyScheduleArgs struct {
	// DayOfWeek is Monday to Sunday. Required.
	DayOfWeek pulumi.StringInput `pulumi:"dayOfWeek" enum:"Monday,Tuesday,Wednesday,Thursday,Friday,Saturday,Sunday"`
	// WeekIndex is First, Second, Third, Fourth or Last. Required.
	WeekIndex pulumi.StringInput `pulumi:"weekIndex" enum:"First,Second,Third,Fourth,Last"`
	// IntervalMonths is the number of months from one to the next, 1 to 6. Default: 1.
	IntervalMonths pulumi.IntPtrInput `pulumi:"intervalMonths,optional" min:"1" max:"6" unit:"months"`
}

// DateSpanArgs are days, the first and the last included.
type DateSpanArgs struct {
	// Start is the first day: yyyy-mm-dd. Required.
	Start pulumi.StringInput `pulumi:"start"`
	// End is the last day: yyyy-mm-dd, not before Start. Required.
	End pulumi.StringInput `pulumi:"end"`
}
