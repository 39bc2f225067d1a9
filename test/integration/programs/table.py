# SPDX-License-Identifier: Apache-2.0
"""All rows."""
from programs import languages, servers, servers_of_mail, servers_of_names, servers_of_networks
from programs import tools_of_files, tools_of_names, tools_of_systemd

SERVERS = [row for kind in (servers, servers_of_mail, servers_of_names, servers_of_networks, languages)
           for row in kind.SERVERS]
TOOLS = [row for kind in (tools_of_files, tools_of_names, tools_of_systemd, languages) for row in kind.TOOLS]
