import {calendarView} from "@web/views/calendar/calendar_view";
import {registry} from "@web/core/registry";
import {serializeDateTime} from "@web/core/l10n/dates";

/**
 * The month view greys the free days of the working calendar that it was opened for,
 * which the server knows from the context only.
 */
export class RestDaysCalendarModel extends calendarView.Model {
    fetchUnusualDays(data) {
        return this.orm.call(
            this.meta.resModel,
            "get_unusual_days",
            [serializeDateTime(data.range.start), serializeDateTime(data.range.end)],
            {context: this.meta.context}
        );
    }
}

registry.category("views").add("rest_days_calendar", {
    ...calendarView,
    Model: RestDaysCalendarModel,
});
