# SPDX-License-Identifier: Apache-2.0
"""Helpers of the integration tests: simulated devices, openssl.cnf, programs."""
