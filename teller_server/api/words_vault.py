"""Words about the vault, where finished evidence is kept."""

VAULT_WORDS = {
    "disk_failed": (
        "本机磁盘读取失败，系统会自动重试；请检查磁盘。",
        "The branch’s own disk could not be read. It is tried again; please look at the disk.",
    ),
    "vault_missing": (
        "证据副本目录不存在，可能未挂载；请检查后重试。",
        "The folder for second copies is not there; perhaps it isn’t mounted.",
    ),
    "vault_unreachable": (
        "证据库暂时无法连接，系统会自动重试。",
        "The vault can’t be reached just now. It is tried again by itself.",
    ),
    "vault_refused": (
        "证据库拒绝了请求，请检查访问密钥和权限。",
        "The vault refused. Please check the access key and what it may do.",
    ),
    "vault_not_locked": (
        "证据库未按要求锁定文件，请检查存储桶的版本控制和对象锁定。",
        "The vault did not lock the file as asked. Please check versioning and Object Lock.",
    ),
    "vault_file_missing": (
        "证据库中没有该文件，请联系运维人员核查。",
        "The vault does not have this file. Somebody has to find out why.",
    ),
    "vault_differs": (
        "证据库中的文件与本机不一致，请立即核查，不要删除任何一份。",
        "The vault holds something else under this name. Find out at once; delete neither copy.",
    ),
}
