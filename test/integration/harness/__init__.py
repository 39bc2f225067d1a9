# SPDX-License-Identifier: Apache-2.0
"""What the integration tests drive: the simulated device, openssl.cnf, programs."""
