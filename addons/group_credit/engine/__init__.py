"""The arithmetic of group credit: pure Python, no import of Odoo, no clock, no float.

=================  ==================================================================
``edge``           one dated fact: who holds, casts or appoints what in whom
``control``        who controls whom, and why (least fixpoint of the votes)
``grouping``       control groups, ultimate controllers, findings for review
``dependence``     groups by economic dependence, which overlap
``ownership``      integrated ownership, simple-path ownership
``kinship``        degrees of kinship and near relatives
``guarantee``      rings of mutual guarantees
``register``       checks of a share register (more than 100 % of a company)
``limits``         what a use takes from the lines above it, and the room they leave
``concentration``  shares of the capital that clients and groups take
``theory``         theoretical limits: formulas as data
``detect``         the same groups over millions of stakes
``stakes``         a register as arrays of integers, and its binary copy
=================  ==================================================================
"""
