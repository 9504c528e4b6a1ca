"""crunch-statuspageio, unmodified, through the life of a component, a group and an incident.

Arguments: the server's address, a key, a page. Prints what it read as JSON.
"""

import json
import sys

import statuspageio
from statuspageio.errors import RequestError, ResourceError

url, key, page = sys.argv[1:]
client = statuspageio.Client(api_key=key, page_id=page, organization_id="noroshi", base_url=url)

said = {}
said["page"] = client.pages.get().name
component = client.components.create(name="Gates", description="At stations")
said["component"] = component.status
client.components.update(component.id, status="degraded_performance")
said["changed"] = client.components.get(component.id).status
group = client.component_groups.create("Stations", [component.id], "All of them")
said["group"] = [own.name for own in client.component_groups.list() if own.id == group.id]
incident = client.incidents.create(name="Gates are slow", status="investigating",
                                   body="We look.", component_ids=[component.id])
said["incident"] = [incident.status, len(incident.incident_updates)]
said["unresolved"] = [own.id == incident.id for own in client.incidents.list_unresolved()]
incident = client.incidents.update(incident.id, status="resolved")
said["resolved"] = incident.status
said["listed"] = [own.name for own in client.incidents.list(q="slow")]
said["upcoming"] = len(client.incidents.list_upcoming())
said["deleted"] = client.incidents.delete(incident.id) is not None
client.component_groups.delete(group.id)
client.components.delete(component.id)
try:
    client.components.get(component.id)
except RequestError as refused:
    said["gone"] = refused.http_status
try:
    client.components.create(description="It has no name")
except ResourceError as refused:
    said["refused"] = refused.http_status
print(json.dumps(said))
