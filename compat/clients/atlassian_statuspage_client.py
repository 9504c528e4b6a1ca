"""atlassian-statuspage, unmodified: its typed models read what the server writes.

Arguments: the server's address, a key, a page. Prints what it read as JSON.
"""

import json
import sys

import atlassian_statuspage as sp
from atlassian_statuspage.rest import ApiException

url, key, page = sys.argv[1:]
configuration = sp.Configuration()
configuration.host = url + "/v1"
configuration.api_key["Authorization"] = key
configuration.api_key_prefix["Authorization"] = "OAuth"
client = sp.ApiClient(configuration)
components, groups = sp.ComponentsApi(client), sp.ComponentGroupsApi(client)
incidents, reports = sp.IncidentsApi(client), sp.IncidentPostmortemApi(client)
subscribers = sp.SubscribersApi(client)

said = {}
component = components.post_pages_page_id_components(
    {"component": {"name": "Gates", "start_date": "2026-01-02", "showcase": True}}, page)
said["component"] = [component.status, str(component.start_date)]
group = groups.post_pages_page_id_component_groups(
    {"description": "All", "component_group": {"name": "Stations",
                                               "components": [component.id]}}, page)
said["group"] = [group.description, component.id in group.components]
made = incidents.post_pages_page_id_incidents(
    {"incident": {"name": "Gates are slow", "status": "investigating",
                  "components": {component.id: "partial_outage"}}}, page)
said["incident"] = [made.status, made.impact, made.created_at.tzinfo is not None]
changed = incidents.patch_pages_page_id_incidents_incident_id(
    {"incident": {"status": "resolved", "components": {component.id: "operational"}}}, page,
    made.id)
said["resolved"] = [changed.status, len(changed.incident_updates)]
said["uptime"] = components.get_pages_page_id_components_component_id_uptime(
    page, component.id).major_outage
report = reports.put_pages_page_id_incidents_incident_id_postmortem(
    {"postmortem": {"body_draft": "Why."}}, page, made.id)
said["draft"] = report.body_draft
reports.put_pages_page_id_incidents_incident_id_postmortem_publish(
    {"postmortem": {}}, page, made.id)
said["published"] = incidents.get_pages_page_id_incidents_incident_id(page, made.id).status
subscriber = subscribers.post_pages_page_id_subscribers(
    {"subscriber": {"email": "ada@example.com", "skip_confirmation_notification": True}}, page)
said["subscriber"] = subscribers.get_pages_page_id_subscribers_subscriber_id(
    page, subscriber.id).email
incidents.delete_pages_page_id_incidents_incident_id(page, made.id)
groups.delete_pages_page_id_component_groups_id(page, group.id)
components.delete_pages_page_id_components_component_id(page, component.id)
try:
    components.get_pages_page_id_components_component_id(page, component.id)
except ApiException as refused:
    said["gone"] = refused.status
print(json.dumps(said))
