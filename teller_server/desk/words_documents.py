"""Sentences about documents: sides, fields, what is wrong with them, what to look for."""

from collections.abc import Mapping

DOCUMENT_WORDS: Mapping[str, tuple[str, str]] = {
    # kinds of documents, as a customer chooses
    "kind.resident_id": ("居民身份证", "Resident identity card"),
    "kind.passport": ("护照", "Passport"),
    "kind.hk_macau_permit": ("港澳居民来往内地通行证", "Mainland travel permit (HK, Macao)"),
    "kind.tw_permit": ("台湾居民来往大陆通行证", "Mainland travel permit (Taiwan)"),
    "kind.pr_card": ("外国人永久居留身份证", "Permanent resident card"),
    "kind.business_licence": ("营业执照", "Business licence"),
    "kind.other": ("证件", "Document"),
    # what a side is called, and how to photograph it
    "side.resident_id.front": ("人像面", "The side with your portrait"),
    "side.resident_id.back": ("国徽面", "The side with the national emblem"),
    "side.passport.front": ("资料页", "The page with your portrait"),
    "side.business_licence.front": ("营业执照正面", "The licence"),
    "side.front": ("有照片的一面", "The side with your portrait"),
    "side.back": ("背面", "The other side"),
    # fields
    "field.name": ("姓名", "Name"),
    "field.sex": ("性别", "Sex"),
    "field.nation": ("民族", "Ethnic group"),
    "field.birth": ("出生日期", "Date of birth"),
    "field.address": ("住址", "Address"),
    "field.number": ("证件号码", "Document number"),
    "field.authority": ("签发机关", "Issuing authority"),
    "field.valid_from": ("有效期自", "Valid from"),
    "field.valid_until": ("有效期至", "Valid until"),
    "field.expiry": ("有效期至", "Valid until"),
    "field.surname": ("姓", "Surname"),
    "field.given": ("名", "Given names"),
    "field.nationality": ("国籍", "Nationality"),
    "field.issuer": ("签发国", "Issuing state"),
    "field.credit_code": ("统一社会信用代码", "Unified social credit code"),
    "field.type": ("类型", "Type of company"),
    "field.legal_representative": ("法定代表人", "Legal representative"),
    "field.capital": ("注册资本", "Registered capital"),
    "field.established": ("成立日期", "Established"),
    "field.scope": ("经营范围", "Business scope"),
    "field.business_licence.name": ("企业名称", "Company name"),
    "field.business_licence.address": ("住所", "Registered address"),
    "value.long_term": ("长期", "No expiry"),
    "value.M": ("男", "Male"),
    "value.F": ("女", "Female"),
    # what is wrong with a field
    "problem.not_found": ("未识别到，请对照照片填写", "Not found: enter it from the photograph"),
    "problem.unsure": ("识别不确定，请对照照片核对", "Uncertain: check it against the photograph"),
    "problem.number_check": ("号码校验未通过", "The number's check digit is wrong"),
    "problem.code_check": ("代码校验未通过", "The code's check character is wrong"),
    "problem.number_differs": (
        "与取号时填写的号码不一致",
        "Differs from the number given on arrival",
    ),
    "problem.code_differs": ("与取号时填写的代码不一致", "Differs from the code given on arrival"),
    "problem.name_differs": ("与取号时填写的名称不一致", "Differs from the name given on arrival"),
    "problem.representative_differs": (
        "与参加通话的客户不是同一姓名",
        "Is not the name of the customer",
    ),
    "problem.birth_differs": (
        "与证件号码中的出生日期不一致",
        "Differs from the birth date in the number",
    ),
    "problem.sex_differs": ("与证件号码中的性别不一致", "Differs from the sex in the number"),
    "problem.expired": ("证件已过有效期", "The document has expired"),
    "problem.not_yet_valid": ("证件尚未生效", "The document is not valid yet"),
    "problem.impossible_date": ("日期不存在", "There is no such day"),
    "problem.dates_reversed": ("起止日期前后颠倒", "The dates are the wrong way round"),
    "problem.other": ("请对照照片核对", "Check it against the photograph"),
    # what is wrong with a side as a whole, as the teller reads it
    "page.not_read": (
        "未能自动识别，请人工核对照片",
        "Not read by the machine: check the photograph by eye",
    ),
    "page.not_this_document": ("可能不是所选的证件", "May not be the document it is said to be"),
    "page.document_not_found": ("照片中未找到证件边缘", "The edges of the document were not found"),
    "page.document_too_small": ("证件在照片中过小", "The document is too small in the picture"),
    "page.document_cut_off": ("证件四角不完整", "A corner of the document is cut off"),
    "page.document_blurred": ("照片模糊", "The photograph is blurred"),
    "page.document_glare": ("有反光遮挡", "Glare covers part of it"),
    "page.document_tilted": ("拍摄角度过斜", "Photographed too much from the side"),
    "page.other": ("请人工核对照片", "Check the photograph by eye"),
    # the same to the customer, who may take another
    "document.document_not_found": (
        "未找到证件边缘，请把证件放在深色背景上、完整放入框内",
        "We could not find its edges. Put it on a darker surface, wholly inside the frame",
    ),
    "document.document_too_small": ("证件太小，请靠近一些", "It is too small. Move closer"),
    "document.document_cut_off": (
        "证件四角不完整，请完整放入框内",
        "A corner is missing. Keep the whole document inside the frame",
    ),
    "document.document_blurred": (
        "照片模糊，请拿稳后重拍",
        "It is blurred. Hold still and retake it",
    ),
    "document.document_glare": (
        "有反光，请换个角度或避开灯光",
        "There is glare on it. Change the angle or move away from the lamp",
    ),
    "document.document_tilted": ("角度太斜，请从正上方拍摄", "Hold the phone straight above it"),
    # why the step can't be passed
    "blocked.document_side_missing": ("还有一面未拍摄", "One side has not been photographed yet"),
    "blocked.document_being_read": ("正在识别证件", "The document is being read"),
    "blocked.document_expired": (
        "证件已过有效期：如识别有误，请对照照片更正；否则不能继续",
        "The document has expired. Correct the date if it was misread; otherwise refuse the step",
    ),
    "blocked.document_number_wrong": (
        "证件号码校验未通过：如识别有误，请对照照片更正；否则不能继续",
        "The number can't be right. Correct it if it was misread; otherwise refuse the step",
    ),
    "blocked.document_code_wrong": (
        "统一社会信用代码校验未通过：如识别有误，请对照照片更正；否则不能继续",
        "The credit code can't be right. Correct it if it was misread; otherwise refuse the step",
    ),
    "blocked.document_not_handled": (
        "证件真伪核对尚未完成",
        "Not everything has been looked for on the document yet",
    ),
    # what the teller asks for, with the document before the camera
    "handle.tilt_sideways": (
        "请把证件举到镜头前，慢慢左右倾斜。",
        "Please hold the document up and tilt it slowly from side to side.",
    ),
    "handle.tilt_upright": (
        "请把证件举到镜头前，慢慢前后倾斜。",
        "Please hold the document up and tilt it slowly away from you and back.",
    ),
    "handle.cover_corner": (
        "请用手指遮住证件的一个角，再松开。",
        "Please cover one corner of the document with a finger, then let go.",
    ),
    "handle.finger_across": (
        "请用手指从证件上方慢慢划过。",
        "Please pass a finger slowly across the document.",
    ),
    "handle.bring_closer": (
        "请把证件慢慢靠近镜头，再移开。",
        "Please bring the document slowly closer, then back.",
    ),
    "handle.turn_over": (
        "请在镜头前把证件慢慢翻到另一面。",
        "Please turn the document over slowly before the camera.",
    ),
    # what the teller looks for
    "feature.great_wall": ("倾斜时“长城”图案变色", "Great Wall changes colour when tilted"),
    "feature.china_text": ("倾斜时显现“中国CHINA”字样", "“中国CHINA” appears when tilted"),
    "feature.guilloche": ("底纹为连续的彩色扭索花纹", "Coloured guilloche runs on without a break"),
    "feature.micro_print": ("底纹中的缩微字符清晰可辨", "Small print in the ground is crisp"),
    "feature.portrait_edge": (
        "相片边缘无裁切、粘贴痕迹",
        "No cut or glued edge round the portrait",
    ),
    "feature.kinegram": ("倾斜时全息图案变化", "Kinegram changes when tilted"),
    "feature.machine_lines": (
        "机读码与资料页内容一致",
        "Machine-readable lines agree with the page",
    ),
    "feature.second_portrait": ("第二影像与照片为同一人", "The second portrait is the same face"),
    "feature.laminate": ("覆膜平整，无翘起、气泡", "Laminate is smooth, no lifting or bubbles"),
    "feature.hologram": ("倾斜时全息图案变化", "Hologram changes when tilted"),
    "feature.fine_print": ("细小文字清晰可辨", "The finest print is crisp"),
    "feature.seal": ("登记机关印章完整清晰", "Seal of the registry is whole and clear"),
    "feature.qr_code": ("二维码完整，位置正确", "QR code is whole and in its place"),
    "feature.emblem": ("国徽图案完整", "National emblem is whole"),
    "feature.border": ("边框花纹连续、清晰", "Border pattern is crisp and unbroken"),
    "flag.handle": ("证件动作未完成：", "Not done with the document: "),
    "flag.feature": ("未看到防伪特征：", "Security feature not seen: "),
    "video.seen": ("视频中已见到", "Seen in the video"),
    "video.not_seen": ("视频中未找到", "Not found in the video"),
    "video.not_compared": ("未能比对", "Could not be compared"),
    # marks on a reviewer's timeline
    "mark.DocumentRead": ("证件识别结果", "Document read"),
    "mark.FieldCorrected": ("柜员更正证件信息", "Document field corrected by the teller"),
    "mark.DocumentCompared": ("证件与视频画面比对", "Document looked for in the video"),
}
