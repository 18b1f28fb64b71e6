package clusters

import (
	"cmp"
	"regexp"
	"time"
)

// Rules of https://learn.microsoft.com/azure/aks/planned-maintenance; the ranges of the
// specification are checked before. The codes for hours are those of AKS (see refusal); all texts
// are inferred.
const (
	dateForm = "2006-01-02"

	maxHourSlots = 24
	daysInWeek   = 7
)

var (
	clockForm  = regexp.MustCompile(`^([01][0-9]|2[0-3]):[0-5][0-9]$`)
	offsetForm = regexp.MustCompile(`^[+-]([0-9]{2}):([0-9]{2})$`)
	weekdays   = []string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"}
	weeks      = []string{"First", "Second", "Third", "Fourth", "Last"}
)

// checkMaintenance refuses configurations that AKS does not allow.
func checkMaintenance(name string, m *Maintenance) error {
	hours := len(m.TimeInWeek) > 0 || len(m.NotAllowedTime) > 0
	switch {
	case name != maintainAll && hours:
		return invalid("timeInWeek", "timeInWeek and notAllowedTime belong to the configuration '%s'; '%s' has a maintenanceWindow.", maintainAll, name)
	case name != maintainAll && m.Window == nil:
		return missing("maintenanceWindow")
	case m.Window != nil && hours:
		return invalid("maintenanceWindow", "The configuration has either a maintenanceWindow or timeInWeek and notAllowedTime, not both.")
	case m.Window != nil:
		return checkWindow(name, m.Window)
	case !hours:
		return refusal("TimeInWeekIsNil", "timeInWeek", "The configuration '%s' has neither timeInWeek nor notAllowedTime nor maintenanceWindow: it would allow everything at any time.", name)
	}
	return checkHours(m)
}

// checkHours checks the older form, timeInWeek and notAllowedTime.
func checkHours(m *Maintenance) error {
	if len(m.TimeInWeek) > daysInWeek {
		return refusal("TooManyTimeInWeek", "timeInWeek", "%d entries are more than the %d days of a week.", len(m.TimeInWeek), daysInWeek)
	}
	for _, day := range m.TimeInWeek {
		if !in(day.Day, weekdays...) {
			return invalid("timeInWeek.day", "'%s' is not the English name of a weekday.", day.Day)
		}
		switch {
		case len(day.HourSlots) == 0:
			return refusal("NeedAtLeastOneHourPerWeekForUpdate", "timeInWeek.hourSlots", "%s has no hour.", day.Day)
		case len(day.HourSlots) > maxHourSlots:
			return refusal("TooManyHourSlots", "timeInWeek.hourSlots", "%s has %d hours; a day has %d.", day.Day, len(day.HourSlots), maxHourSlots)
		}
	}
	for _, span := range m.NotAllowedTime {
		start, bad := time.Parse(time.RFC3339, span.Start)
		end, err := time.Parse(time.RFC3339, span.End)
		if bad != nil || err != nil || !end.After(start) {
			return refusal("InvalidStartEndTime", "notAllowedTime", "'%s' to '%s' is not a span of time: two times such as 2026-12-24T00:00:00Z, the second after the first.", span.Start, span.End)
		}
	}
	return nil
}

func checkWindow(name string, w *MaintenanceWindow) error {
	const at = "maintenanceWindow."
	if w.DurationHours == 0 {
		return missing(at + "durationHours")
	}
	if !clockForm.MatchString(w.StartTime) {
		return invalid(at+"startTime", "'%s' is not a time between '00:00' and '23:59'.", w.StartTime)
	}
	if w.UTCOffset != "" && !offsetForm.MatchString(w.UTCOffset) {
		return invalid(at+"utcOffset", "'%s' is not an offset such as '+05:30' or '-07:00'.", w.UTCOffset)
	}
	if _, err := time.Parse(dateForm, w.StartDate); w.StartDate != "" && err != nil {
		return invalid(at+"startDate", "'%s' is not a date such as '2026-01-31'.", w.StartDate)
	}
	for _, span := range w.NotAllowedDates {
		start, bad := time.Parse(dateForm, span.Start)
		end, err := time.Parse(dateForm, span.End)
		if bad != nil || err != nil || end.Before(start) {
			return invalid(at+"notAllowedDates", "'%s' to '%s' is not a span of dates: two dates such as '2026-12-24', the second not before the first.", span.Start, span.End)
		}
	}
	return checkSchedule(name, w.Schedule)
}

func checkSchedule(name string, s *Schedule) error {
	const at = "maintenanceWindow.schedule"
	if s == nil {
		return missing(at)
	}
	kinds := 0
	for _, given := range []bool{s.Daily != nil, s.Weekly != nil, s.AbsoluteMonthly != nil, s.RelativeMonthly != nil} {
		if given {
			kinds++
		}
	}
	if kinds != 1 {
		return invalid(at, "A schedule is exactly one of daily, weekly, absoluteMonthly and relativeMonthly; %d are given.", kinds)
	}
	if name == maintainAll && s.Weekly == nil {
		return invalid(at, "The configuration '%s' has a weekly schedule.", maintainAll)
	}
	switch {
	case s.Weekly != nil:
		return checkWord(at+".weekly.dayOfWeek", s.Weekly.DayOfWeek, weekdays)
	case s.RelativeMonthly != nil:
		return cmp.Or(
			checkWord(at+".relativeMonthly.weekIndex", s.RelativeMonthly.WeekIndex, weeks),
			checkWord(at+".relativeMonthly.dayOfWeek", s.RelativeMonthly.DayOfWeek, weekdays))
	}
	return nil
}

// checkWord checks a required property with a fixed set of values.
func checkWord(property, value string, allowed []string) error {
	if value == "" {
		return missing(property)
	}
	return checkChoices(choice{property, value, allowed})
}
