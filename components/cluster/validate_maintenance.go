package cluster

import (
	"regexp"
	"time"

	"github.com/aks-workload-identity/aks-workload-identity/components/internal/known"
	"github.com/aks-workload-identity/aks-workload-identity/components/internal/problems"
)

var (
	clockTime = regexp.MustCompile(`^([01][0-9]|2[0-3]):[0-5][0-9]$`)
	utcOffset = regexp.MustCompile(`^[+-](0[0-9]|1[0-4]):[0-5][0-9]$`)
)

// validateMaintenance checks the maintenance windows. Their numbers are the tags',
// from "Microsoft.ContainerService managedClusters/maintenanceConfigurations".
//
// Source: learn.microsoft.com, "Use planned maintenance to schedule and control
// upgrades for your Azure Kubernetes Service cluster".
func (args *ClusterArgs) validateMaintenance(l *problems.List) {
	first := map[string]string{}
	for i := range args.MaintenanceWindows {
		w, path := &args.MaintenanceWindows[i], index("maintenanceWindows", i)
		if w.Name == "" {
			l.Addf(path+".name", "name is required: it says what the window is for")
		}
		if other, taken := first[w.Name]; taken && w.Name != "" {
			l.Addf(path+".name", "%s is called %q already: a cluster has one window of each name", other, w.Name)
		}
		first[w.Name] = path
		if text, ok := known.String(w.StartTime); ok && !clockTime.MatchString(text) {
			l.Addf(path+".startTime", "%q is not a time: write hh:mm, 00:00 to 23:59", text)
		}
		if text, ok := known.String(w.UtcOffset); ok && !utcOffset.MatchString(text) {
			l.Addf(path+".utcOffset", "%q is not an offset: write it like \"+01:00\" or \"-07:00\"", text)
		}
		checkDate(l, path+".startDate", w.StartDate)
		for j := range w.NotAllowedDates {
			w.NotAllowedDates[j].validate(l, index(path+".notAllowedDates", j))
		}
		if w.Schedule != nil {
			w.validateSchedule(l, path+".schedule")
		}
	}
}

func (w *MaintenanceWindowArgs) validateSchedule(l *problems.List, path string) {
	s := w.Schedule
	given := 0
	for _, one := range []bool{s.Daily != nil, s.Weekly != nil, s.AbsoluteMonthly != nil, s.RelativeMonthly != nil} {
		if one {
			given++
		}
	}
	switch {
	case given != 1:
		l.Addf(path, "%d schedules are given: give exactly one of daily, weekly, absoluteMonthly and relativeMonthly", given)
	case w.Name == MaintenanceDefault && s.Weekly == nil:
		l.Addf(path, "the window %s can be weekly only: give weekly", MaintenanceDefault)
	}
}

func (d *DateSpanArgs) validate(l *problems.List, path string) {
	start, startOK := checkDate(l, path+".start", d.Start)
	end, endOK := checkDate(l, path+".end", d.End)
	if startOK && endOK && end.Before(start) {
		l.Addf(path+".end", "the last day is before the first, %s: exchange the two", start.Format(time.DateOnly))
	}
}

// checkDate is a date that is known and right.
func checkDate(l *problems.List, path string, in any) (time.Time, bool) {
	text, ok := known.String(in)
	if !ok {
		return time.Time{}, false
	}
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		l.Addf(path, "%q is not a date: write yyyy-mm-dd", text)
	}
	return day, err == nil
}
