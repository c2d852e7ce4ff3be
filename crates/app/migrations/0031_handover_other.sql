-- Handovers that belong to no step are told apart by their subject: one at a time of each.

drop index handover_live;
create unique index handover_live on handover
    (case_id, purpose, coalesce(cause_id, 0), coalesce(to_organization_id, 0), coalesce(recipient, ''),
        (case when purpose = 'other' then subject else '' end))
    where state in ('sent', 'read', 'accepted');
