# SPDX-License-Identifier: Apache-2.0
"""Programs that use a key in the device, one row each; test_programs.py runs them."""
