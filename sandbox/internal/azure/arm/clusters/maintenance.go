package clusters

import (
	"cmp"
	"net/http"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
)

// Maintenance is the body of a maintenance configuration: the times at which AKS may work on the
// cluster. It has no effect in the sandbox, which never upgrades a cluster by itself.
type Maintenance struct {
	TimeInWeek     []TimeInWeek       `json:"timeInWeek,omitempty"`
	NotAllowedTime []TimeSpan         `json:"notAllowedTime,omitempty"`
	Window         *MaintenanceWindow `json:"maintenanceWindow,omitempty"`
}

// TimeInWeek is a list of hours of a weekday, in UTC.
type TimeInWeek struct {
	Day       string `json:"day,omitempty"`
	HourSlots []int  `json:"hourSlots,omitempty"` // each hour at which an hour of time begins
}

// TimeSpan is a time without maintenance, from start to end in RFC 3339.
type TimeSpan struct {
	Start string `json:"start,omitempty"`
	End   string `json:"end,omitempty"`
}

// MaintenanceWindow is a recurring time for maintenance.
type MaintenanceWindow struct {
	Schedule        *Schedule  `json:"schedule,omitempty"`
	DurationHours   int        `json:"durationHours,omitempty"`
	UTCOffset       string     `json:"utcOffset,omitempty"`
	StartDate       string     `json:"startDate,omitempty"`
	StartTime       string     `json:"startTime,omitempty"`
	NotAllowedDates []DateSpan `json:"notAllowedDates,omitempty"`
}

// DateSpan is a span of days without maintenance, the first and the last included.
type DateSpan struct {
	Start string `json:"start,omitempty"`
	End   string `json:"end,omitempty"`
}

// Schedule is the recurrence of a window. It has exactly one member.
type Schedule struct {
	Daily           *Daily           `json:"daily,omitempty"`
	Weekly          *Weekly          `json:"weekly,omitempty"`
	AbsoluteMonthly *AbsoluteMonthly `json:"absoluteMonthly,omitempty"`
	RelativeMonthly *RelativeMonthly `json:"relativeMonthly,omitempty"`
}

// Daily recurs after a number of days.
type Daily struct {
	IntervalDays int `json:"intervalDays"`
}

// Weekly recurs on a weekday after a number of weeks.
type Weekly struct {
	IntervalWeeks int    `json:"intervalWeeks"`
	DayOfWeek     string `json:"dayOfWeek"`
}

// AbsoluteMonthly recurs on a day of the month after a number of months.
type AbsoluteMonthly struct {
	IntervalMonths int `json:"intervalMonths"`
	DayOfMonth     int `json:"dayOfMonth"`
}

// RelativeMonthly recurs on a weekday of a week of the month, such as the last Monday, after a
// number of months.
type RelativeMonthly struct {
	IntervalMonths int    `json:"intervalMonths"`
	WeekIndex      string `json:"weekIndex"`
	DayOfWeek      string `json:"dayOfWeek"`
}

// MaintenanceBody is a maintenance configuration in the form of the API.
type MaintenanceBody struct {
	ID         string          `json:"id,omitempty"`
	Name       string          `json:"name,omitempty"`
	Type       string          `json:"type,omitempty"`
	Properties *Maintenance    `json:"properties,omitempty"`
	SystemData *arm.SystemData `json:"systemData,omitempty"`
}

func renderMaintenance(tx *store.Tx, id string) (any, error) {
	doc, err := resource.Load[Maintenance](tx, id)
	if err != nil || doc == nil {
		return nil, err
	}
	return MaintenanceBody{
		ID: doc.ID, Name: doc.Name, Type: doc.Type, Properties: &doc.Body, SystemData: arm.System(doc.Header),
	}, nil
}

// putMaintenance replaces the whole configuration. It succeeds also while an operation on the
// cluster is in progress, because AKS reads the configuration only before an upgrade.
func (p *Provider) putMaintenance(r *arm.Request) (arm.Response, error) {
	var body MaintenanceBody
	if err := arm.Decode(r.Body, &body); err != nil {
		return arm.Response{}, err
	}
	name, err := maintenanceName(r.ID.Name())
	if err != nil {
		return arm.Response{}, err
	}
	if body.Properties == nil {
		return arm.Response{}, missing("properties")
	}
	want := *body.Properties
	if err := checkMaintenance(name, &want); err != nil {
		return arm.Response{}, err
	}
	status := http.StatusOK
	err = p.core.Store.Update(func(tx *store.Tx) error {
		have, err := resource.Load[Maintenance](tx, r.ID.String())
		if err != nil {
			return err
		}
		var before *resource.Header
		today := p.core.Now().UTC().Format(dateForm)
		if have != nil {
			before = &have.Header
			if have.Body.Window != nil {
				today = have.Body.Window.StartDate
			}
		} else {
			status = http.StatusCreated
		}
		if w := want.Window; w != nil {
			w.UTCOffset = cmp.Or(w.UTCOffset, "+00:00")
			w.StartDate = cmp.Or(w.StartDate, today)
		}
		return resource.Save(tx, &resource.Document[Maintenance]{Header: p.core.NewHeader(before, r, "", nil), Body: want})
	})
	if err != nil {
		return arm.Response{}, err
	}
	return p.core.Rendered(&p.maintenance, r.ID.String(), status)
}

// Names of the configurations, which determine the kind of maintenance
// (https://learn.microsoft.com/azure/aks/planned-maintenance#schedule-configuration-types-for-planned-maintenance).
const (
	maintainAll    = "default"
	maintainUpdate = "aksManagedAutoUpgradeSchedule"
	maintainNodeOS = "aksManagedNodeOSUpgradeSchedule"
)

// maintenanceName returns the name of a configuration in AKS's case.
func maintenanceName(name string) (string, error) {
	for _, known := range []string{maintainAll, maintainUpdate, maintainNodeOS} {
		if strings.EqualFold(name, known) {
			return known, nil
		}
	}
	return "", invalid("configName", "The name of a maintenance configuration must be '%s', '%s' or '%s', not '%s'.", maintainAll, maintainUpdate, maintainNodeOS, name)
}
