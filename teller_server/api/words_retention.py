"""Words about how long evidence is kept, and how it ends."""

RETENTION_WORDS = {
    "held": (
        "该业务记录已被依法保全，解除保全前不得销毁。",
        "A legal hold stands on this visit. Nothing of it can be shredded until it is lifted.",
    ),
    "hold_not_allowed": (
        "只有合规人员可以设置或解除保全。",
        "Only compliance may lay a legal hold or lift one.",
    ),
    "hold_unknown": (
        "没有这项保全，或已解除。",
        "There is no such hold, or it was lifted already.",
    ),
    "retention_event_unknown": (
        "该业务的保存期限不从这一事件起算，请核对事件名称。",
        "The time for which this visit is kept isn’t counted from that. Please check the event.",
    ),
    "retention_event_later": (
        "该日期尚未到来，请在事件发生后登记。",
        "That date is still to come. Please say so once it has happened.",
    ),
    "retention_runs": (
        "保存期限未满，不得销毁。",
        "It still has to be kept and can’t be shredded yet.",
    ),
    "shred_asked": (
        "该业务记录已有销毁申请，等待另一位管理员确认。",
        "Somebody has asked for this already; another administrator has to confirm.",
    ),
    "shred_not_allowed": (
        "只有不兼任柜员的管理员可以申请或确认销毁。",
        "Only administrators who are no tellers may ask for a shredding or confirm one.",
    ),
    "shred_not_asked": (
        "没有待确认的销毁申请，请先由一位管理员提出申请。",
        "Nobody has asked for it. One administrator asks, and another confirms.",
    ),
}

BACKUP_WORDS = {
    "backup_not_empty": (
        "备份目录不是空的，请另选一个空目录。",
        "The folder for the backup isn’t empty. Please choose another.",
    ),
    "restore_not_empty": (
        "恢复目标不是空的。为避免覆盖，未作任何更改。",
        "Something is there already. Nothing was restored, so that nothing is overwritten.",
    ),
    "restore_other_database": (
        "备份与当前设置使用的数据库类型不同，请核对设置。",
        "The backup is of another kind of database than the settings name.",
    ),
    "pg_dump_missing": (
        "本机没有 pg_dump 或 pg_restore，请安装 PostgreSQL 客户端。",
        "pg_dump or pg_restore isn’t installed here. Please install PostgreSQL’s client programs.",
    ),
    "database_not_dumped": (
        "数据库未能导出或导入，请查看详情。",
        "The database could not be copied. The detail says why.",
    ),
}
