# Arabic texts of the console.

console-title = الإدارة
console-skip = الانتقال إلى المحتوى
console-any = الكل
console-search = بحث
console-clear = مسح عوامل التصفية
console-status = الحالة
console-created = تاريخ الإنشاء
console-last-login = آخر تسجيل دخول
console-never = أبدًا
console-pages = الصفحات
console-first-page = الصفحة الأولى
console-next-page = الصفحة التالية
console-to-start = العودة إلى البداية

### Coming in

console-forbidden-title = لا يمكنك استخدام هذه الصفحة
console-forbidden = هذه الصفحة ليست لحسابك. سجّل الدخول بحساب آخر، أو اسأل من يدير هذا الموقع.
console-factor-title = فعّل التحقق بخطوتين
console-factor = يحتاج مسؤولو هذا الموقع إلى التحقق بخطوتين. فعّله في حسابك، ثم عُد إلى هنا.
console-door = لحظة من فضلك: نتحقق من تسجيل دخولك.
console-door-script = فعّل JavaScript لنقل تسجيل دخولك، ثم أعد تحميل الصفحة.

### Errors

console-trouble-not-found-title = غير موجود
console-trouble-not-found = لا يوجد شيء هنا. ربما حُذف في هذه الأثناء.
console-trouble-invalid-title = لم ينجح ذلك
console-trouble-invalid = لم يُفهم الطلب. ارجع وحاول مرة أخرى. إذا كنت تبحث، فأدخل جزءًا أكبر من عنوان البريد الإلكتروني أو الاسم.
console-trouble-busy-title = غير متاح حاليًا
console-trouble-busy = الخادم مشغول، أو لا يمكن الوصول إلى قاعدة البيانات. انتظر لحظة، ثم أعد تحميل الصفحة.
console-trouble-broken-title = حدث خطأ ما
console-trouble-broken = ابحث عن الطلب حسب وقته في سجل الخادم، ثم أعد تحميل الصفحة.

### Rooms

console-room-users = المستخدمون

### Users

console-search-users = عنوان البريد الإلكتروني أو الاسم
console-state = الحساب
console-state-enabled = مفعّل
console-state-disabled = معطّل
console-state-locked-out = محظور بعد محاولات فاشلة
console-email-verified = مؤكد
console-email-unverified = غير مؤكد
console-role = الدور
console-role-admin = المسؤولون
console-role-other = غير المسؤولين
console-mfa-on = مفعَّل
console-mfa-off = متوقف
console-login-way = طريقة تسجيل الدخول
console-login-way-password = كلمة المرور
console-login-way-passkey = مفتاح المرور
console-users-none = لا توجد حسابات مطابقة.
console-badge-disabled = معطّل
console-badge-unverified = غير مؤكد
console-badge-admin = مسؤول
console-badge-factor = التحقق بخطوتين

console-yes = نعم
console-no = لا
console-acts = الإجراءات
console-time = الوقت
console-added = أُضيف
console-used = آخر استخدام
console-linked = رُبط
console-expires = تنتهي الصلاحية
console-unknown = غير معروف
console-to-users = العودة إلى المستخدمين

### Proof

console-your-password = كلمة مرورك أنت
console-your-password-hint = سجّلت الدخول قبل أكثر من عشر دقائق. أدخل كلمة مرور حسابك أنت للمتابعة.
console-log-in-again = سجّلت الدخول قبل أكثر من عشر دقائق. سجّل الدخول مرة أخرى للمتابعة.
console-log-in-again-submit = تسجيل الخروج ثم الدخول مرة أخرى
console-prove-passkey = استخدام مفتاح مرور
console-prove-passkey-failed = لم يُقبل مفتاح المرور. حاول مرة أخرى، أو أثبت هويتك بطريقة أخرى.

### One account

console-account = الحساب
console-id = المعرّف
console-updated = آخر تغيير
console-ended-before = انتهت الجلسات قبل
console-foreign-id = المعرّف في النظام السابق
console-failures = محاولات الدخول الفاشلة المحتسبة
console-locked-out = { $minutes ->
    [zero] محظور بعد محاولات فاشلة، لمدة { $minutes } دقيقة أخرى. حتى:
    [one] محظور بعد محاولات فاشلة، لمدة دقيقة أخرى ({ $minutes }). حتى:
    [two] محظور بعد محاولات فاشلة، لمدة دقيقتين أخريين ({ $minutes }). حتى:
    [few] محظور بعد محاولات فاشلة، لمدة { $minutes } دقائق أخرى. حتى:
    [many] محظور بعد محاولات فاشلة، لمدة { $minutes } دقيقة أخرى. حتى:
   *[other] محظور بعد محاولات فاشلة، لمدة { $minutes } دقيقة أخرى. حتى:
}
console-lockout-left = محظور بعد محاولات دخول فاشلة. الوقت المتبقي:
console-lockout-over = انتهى الحظر: يمكن تسجيل الدخول من جديد. أعد تحميل الصفحة لرؤية حالة الحساب الآن.
console-ways = طرق تسجيل الدخول
console-app = تطبيق المصادقة
console-sms = الرموز عبر الرسائل النصية
console-recovery-codes = رموز الاسترداد المتبقية
console-passkey = مفتاح مرور
console-unlink = إلغاء الربط مع { $provider }
console-sessions = الجلسات
console-client = الجهاز
console-ip = عنوان IP
console-method = طريقة الدخول
console-began = وقت الدخول
console-last-seen = آخر استخدام
console-this-session = هذه الجلسة
console-end-session = إنهاء الجلسة
console-more-sessions = هناك جلسات أخرى. أنهِها كلها بالإجراء «إنهاء جميع الجلسات».
console-no-sessions = لا توجد جلسات مفتوحة.
console-recent-events = أحدث الأحداث
console-event = الحدث
console-actor = المنفّذ
console-no-events = لا توجد أحداث.

### Changing an account

console-change-name = تغيير الاسم
console-change-name-hint = اتركه فارغًا لإزالة الاسم.
console-change-email = تغيير عنوان البريد الإلكتروني
console-change-email-what = تنتهي جميع الجلسات، ويتلقى العنوان القديم إشعارًا. إذا لم تحدد المربع، فسيتلقى العنوان الجديد رابطًا لتأكيده.
console-new-email = عنوان البريد الإلكتروني الجديد
console-change-email-verified = العنوان الجديد مؤكد: لا ترسل رابطًا
console-change-email-final = العنوان القديم مفقود أو يخص شخصًا آخر: لا يمكنه التراجع عن التغيير
console-set-password = تعيين كلمة المرور
console-set-password-what = تنتهي جميع الجلسات، ويتلقى الشخص إشعارًا. أبلغه بكلمة المرور بطريقة آمنة، والأفضل أن ترسل رابطًا ليختار كلمة مرور بنفسه.

### Acts

console-act-enable = تفعيل وإلغاء الحظر
console-act-enable-what = يمكن تسجيل الدخول إلى الحساب فورًا: الحساب مفعّل، ولم تعد المحاولات الفاشلة والرموز الخاطئة تُحتسب.
console-act-verify = اعتبار عنوان البريد الإلكتروني مؤكدًا
console-act-verify-what = يُعد عنوان البريد الإلكتروني مؤكدًا دون رابط.
console-act-resend-verification = إرسال رابط لتأكيد عنوان البريد الإلكتروني
console-act-resend-verification-what = يتلقى عنوان البريد الإلكتروني رابطًا جديدًا. تتوقف الروابط القديمة عن العمل.
console-act-send-reset = إرسال رابط لتعيين كلمة مرور
console-act-send-reset-what = يتلقى عنوان البريد الإلكتروني رابطًا لتعيين كلمة مرور جديدة.
console-act-end-sessions = إنهاء جميع الجلسات
console-act-end-sessions-what = يُسجَّل خروج الشخص من جميع الأجهزة، وتتوقف الروابط المرسلة عن العمل.
console-act-reset-factor = إيقاف التحقق بخطوتين
console-act-reset-factor-what = يُزال الهاتف وتطبيق المصادقة ورموز الاسترداد. يتلقى الشخص إشعارًا.
console-act-remove-passkeys = إزالة مفاتيح المرور
console-act-remove-passkeys-what = تُزال جميع مفاتيح المرور، حتى لو كانت الطريقة الوحيدة لتسجيل الدخول. يتلقى الشخص إشعارًا.
console-act-promote = تعيين كمسؤول
console-act-promote-what = يمكن للشخص استخدام هذه الإدارة، وفعل كل ما يمكنك فعله هنا.
console-act-demote = إزالة صلاحيات المسؤول
console-act-demote-what = لا يعود بإمكان الشخص استخدام هذه الإدارة. يبقى الحساب.
console-act-disable = تعطيل الحساب
console-act-disable-what = يُسجَّل خروج الشخص من جميع الأجهزة، ولا يمكنه تسجيل الدخول حتى يُفعَّل الحساب مجددًا.
console-act-delete = حذف الحساب
console-act-delete-what = يُحذف الحساب وجميع بياناته. لا يمكنك التراجع عن ذلك.
console-act-end-session = إنهاء الجلسة
console-act-end-session-what = يُسجَّل خروج الشخص من هذا الجهاز مع الطلب التالي.
console-act-unlink = إلغاء ربط المزوّد
console-act-unlink-what = لن يتمكن الشخص من تسجيل الدخول عبر هذا المزوّد. يبقى الحساب.
console-act-pending-promote = إنشاء الحساب
console-act-pending-promote-what = يصبح التسجيل حسابًا من دون الرابط، ويُعدّ عنوان بريده الإلكتروني مؤكَّدًا.
console-act-pending-delete = حذف التسجيل
console-act-pending-delete-what = يُحذف التسجيل ويتوقف رابطه عن العمل. يمكن للشخص التسجيل من جديد.

### Many accounts

console-select = تحديد
console-select-one = تحديد { $email }
console-bulk-act = مع الحسابات المحددة
console-bulk-all = كل ما يطابق عوامل التصفية
console-bulk-everyone = جميع الحسابات
console-bulk-preview = عرض ما سيحدث
console-export = تصدير بصيغة CSV
console-accounts = { $count ->
    [zero] { $count } حساب
    [one] حساب واحد ({ $count })
    [two] حسابان ({ $count })
    [few] { $count } حسابات
    [many] { $count } حسابًا
   *[other] { $count } حساب
}
console-accounts-others = و{ $count } أخرى

### Creating an account

console-create = إنشاء حساب
console-way = كيف سيدخل الشخص؟
console-way-invite = إرسال دعوة لاختيار كلمة مرور
console-way-password = تعيين كلمة مرور
console-way-none = لا هذا ولا ذاك: يمكن إرسال رابط لاحقًا
console-way-password-hint = 8 أحرف على الأقل. تُستخدم فقط مع «تعيين كلمة مرور».
console-create-verified = عنوان البريد الإلكتروني مؤكد
console-create-admin = تعيين الحساب كمسؤول

### Pending registrations

console-room-pending = قيد الانتظار
console-pending-what = سجّل هؤلاء الأشخاص، لكنهم لم يفتحوا بعد الرابط في رسالتنا.
console-pending-none = لا توجد تسجيلات قيد الانتظار.
console-pending-promote = إنشاء الحساب
console-pending-delete = حذف

### What an act came to

console-done-enable = الحساب مفعّل، ويمكن تسجيل الدخول فورًا.
console-done-verify = يُعد عنوان البريد الإلكتروني مؤكدًا.
console-done-resend-verification = رابط تأكيد عنوان البريد الإلكتروني في الطريق.
console-done-send-reset = رابط تعيين كلمة مرور جديدة في الطريق.
console-done-end-sessions = انتهت جميع جلسات الحساب.
console-done-reset-factor = أُوقف التحقق بخطوتين.
console-done-remove-passkeys = أُزيلت مفاتيح المرور.
console-done-promote = أصبح الحساب مسؤولًا.
console-done-demote = لم يعد الحساب مسؤولًا.
console-done-disable = الحساب معطّل.
console-done-delete = حُذف الحساب.
console-done-unchanged = لم يكن هناك ما يُغيَّر.
console-done-cap-spent = لم تُرسل أي رسالة: تلقى هذا العنوان رسائل كثيرة خلال الساعة الماضية. لا يزال الرابط الأخير يعمل.
console-done-session-ended = انتهت الجلسة.
console-done-unlinked = أُلغي ربط الحساب.
console-done-name-changed = تغيّر الاسم.
console-done-email-changed = تغيّر عنوان البريد الإلكتروني.
console-done-password-changed = عُيّنت كلمة المرور.
console-done-created = أُنشئ الحساب.
console-done-invited = أُنشئ الحساب، والدعوة في الطريق.
console-done-pending-promoted = أُنشئ الحساب.
console-done-pending-deleted = حُذف التسجيل.
console-done-nothing-selected = حدد حسابات أولًا.
console-done-bulk = نُفّذ على { $count }، ولم يُنفّذ على { $others }.
console-done-bulk-part = نُفّذ حتى الآن على { $count }، ولم يُنفّذ على { $others }. بقيت هذه:

### Why an act was refused

console-error-reauthentication_required = أدخل كلمة مرورك أنت للمتابعة.
console-error-wrong_password = هذه ليست كلمة مرورك.
console-error-locked = كلمات مرور خاطئة كثيرة. انتظر بضع دقائق.
console-error-last_superuser = هذا آخر مسؤول مفعّل. عيّن شخصًا آخر كمسؤول أولًا.
console-error-account_disabled = الحساب معطّل. فعّله أولًا.
console-error-already_verified = عنوان البريد الإلكتروني مؤكد بالفعل.
console-error-overtaken = تغيّر الحساب في هذه الأثناء. راجعه، ثم حاول مرة أخرى.
console-error-not_found = لم يعد موجودًا.
console-error-email_taken = يستخدم حساب آخر عنوان البريد الإلكتروني هذا.
console-error-last_way_in = هذه هي الطريقة الوحيدة لتسجيل الدخول إلى الحساب. أرسل أولًا رابطًا لتعيين كلمة مرور.
console-error-email-missing = أدخل عنوان بريد إلكتروني.
console-error-email-value_error = أدخل عنوان بريد إلكتروني مثل ada@example.com.
console-error-email-string_too_long = عنوان البريد الإلكتروني هذا طويل جدًا.
console-error-email-email_not_reached = لا يصل البريد إلى هذا العنوان. استخدم عنوانًا دون أحرف خاصة قبل @.
console-error-password-missing = أدخل كلمة مرور.
console-error-password-string_too_short = تحتاج كلمة المرور إلى 8 أحرف على الأقل.
console-error-password-string_too_long = تحتوي كلمة المرور على أكثر من 128 حرفًا.
console-error-password-password_too_weak = كلمة المرور هذه سهلة التخمين.
console-error-name-string_too_long = يحتوي الاسم على أكثر من 200 حرف.
console-error-name-value_error = يحتوي الاسم على علامات كثيرة على حرف واحد.
console-error-q-search_too_broad = يستغرق البحث وقتًا طويلًا. أدخل جزءًا أكبر من عنوان البريد الإلكتروني أو الاسم.

### Filters of several rooms

console-filter-account = الحساب: عنوان البريد الإلكتروني أو جزء منه أو المعرّف
console-filter-several = تطابقت عدة حسابات. أدخل جزءًا أكبر من عنوان البريد الإلكتروني.
console-filter-nobody = لا يوجد حساب بعنوان بريد إلكتروني مطابق.
console-filter-no-ip = أدخل عنوان IP كاملًا، مثل 203.0.113.9.
console-and-more = وغيرها.

### Events

console-room-events = الأحداث
console-request = معرّف الطلب
console-events-none = لا توجد أحداث مطابقة.
console-live-start = متابعة مباشرة
console-live-stop = إيقاف المتابعة
console-live-hint = تظهر الأحداث الجديدة هنا تلقائيًا.
console-live-news = ظهرت أحداث جديدة.
console-times = ×{ $count }

### Outbox

console-room-outbox = صندوق الصادر
console-outbox-state = قيد الانتظار: { $waiting }. فاشلة: { $failed }.
console-outbox-oldest = أقدم رسالة تنتظر منذ
console-messages = الرسائل
console-messages-none = لا توجد رسائل. لا تُحفظ الرسائل المرسلة.
console-to-messages = العودة إلى الرسائل
console-to = إلى
console-filter-to = المستلم: عنوان البريد الإلكتروني أو رقم الهاتف أو عنوان URL كاملًا
console-kind = النوع
console-kind-email = بريد إلكتروني
console-kind-sms = رسالة نصية
console-kind-webhook = Webhook
console-message-waiting = قيد الانتظار
console-message-failed = فاشلة
console-attempts = المحاولات
console-queued = وقت الإضافة
console-next-attempt = المحاولة التالية
console-due = الآن
console-last-error = آخر خطأ
console-retry = إعادة المحاولة الآن
console-retry-all = إعادة إرسال الرسائل الفاشلة
console-retry-all-what = تُرسل فورًا جميع الرسائل الفاشلة المطابقة للمرشّحات. وإذا فشلت رسالة مرة أخرى، تتكرر محاولة إرسالها ليوم آخر.
console-delete = حذف
console-delete-message = حذف الرسالة
console-delete-message-what = تُحذف الرسالة دون إرسالها. لا يمكن التراجع عن ذلك.
console-test = إرسال رسالة اختبار
console-test-what = تُرسل الرسالة فورًا، دون المرور بصندوق الصادر. ويُذكر فيها أنها اختبار.
console-test-no-mail = لا يرسل هذا الخادم بريدًا إلكترونيًا: بل يكتبه في السجل فقط.
console-test-no-sms = لا يرسل هذا الخادم رسائل نصية.
console-test-to = المستلم
console-test-to-hint = عنوان بريد إلكتروني، أو رقم هاتف مثل ‎+14155550123.
console-test-send = إرسال
console-test-nothing = لم يُرسل شيء، لأن هذا الخادم لا يرسل هذا النوع من الرسائل. أعِدّ خدمة إرسال لها أولًا.
console-test-late = لم يصل رد خلال نصف دقيقة. ربما أُرسلت الرسالة مع ذلك: تحقق من وصولها.
console-test-refused = لم تُقبل الرسالة. كان الرد:

### Sessions of all accounts

console-select-session = تحديد جلسة لـ { $email }
console-end-ticked = إنهاء الجلسات المحددة
console-end-all = إنهاء كل ما يطابق المرشّحات
console-end-sessions = إنهاء الجلسات
console-end-all-what = تنتهي جميع الجلسات المطابقة للمرشّحات، ما عدا الجلسة التي تستخدمها الآن. وعلى أصحابها تسجيل الدخول من جديد.
console-end-ticked-what = الجلسات المحددة: { $count }. تنتهي فورًا، وعلى أصحابها تسجيل الدخول من جديد.
console-sessions-none = لا توجد جلسات مطابقة.
console-page-empty = انتهت جميع الجلسات في هذه الصفحة. انتقل إلى الصفحة التالية.

### Webhooks

console-room-webhooks = Webhooks
console-receivers = الجهات المستقبِلة
console-receivers-none = لم تُضبط أي جهة مستقبِلة.
console-url = عنوان URL
console-oldest = الأقدم
console-not-configured = لم تعد مضبوطة
console-deliveries = عمليات التسليم
console-deliveries-hint = عمليات تسليم قيد الانتظار أو فاشلة. لا تُحفظ العمليات الناجحة.

### What an act in these rooms came to

console-done-message-retried = تُرسل الرسالة الآن.
console-done-message-deleted = حُذفت الرسالة.
console-done-messages-retried = الرسائل التي تُرسل الآن: { $count }.
console-done-messages-retried-part = الرسائل التي تُرسل الآن: { $count }. يوجد المزيد: أعد إرسالها أيضًا.
console-done-test-sent = قُبلت الرسالة. تحقق من وصولها.
console-done-no-session-selected = حدّد جلسات أولًا.
console-done-sessions-ended = الجلسات التي أُنهيت: { $count }. المنتهية من قبل: { $others }.
console-done-sessions-ended-part = الجلسات التي أُنهيت: { $count }. يوجد المزيد: أنهِها أيضًا.
console-error-to-missing = أدخل عنوان بريد إلكتروني أو رقم هاتف.
console-error-to-value_error = أدخل عنوان بريد إلكتروني مثل ada@example.com، أو رقم هاتف مثل ‎+14155550123.
console-error-to-string_too_long = هذا المستلم طويل جدًا.
### Overview

console-room-overview = نظرة عامة
console-count-users = الحسابات
console-count-disabled = المعطَّلة
console-count-unverified = غير المؤكَّدة
console-count-admins = المسؤولون
console-count-pending = تسجيلات معلَّقة
console-count-waiting = رسائل قيد الانتظار
console-count-failed = رسائل فاشلة
console-oldest-message = أقدم رسالة قيد الانتظار:
console-days = آخر 30 يومًا (UTC)
console-days-table = عرض كل الأيام
console-day = اليوم
console-day-registered = التسجيلات
console-day-verified = عناوين البريد المؤكَّدة
console-day-logins = عمليات تسجيل الدخول
console-day-failures = عمليات تسجيل الدخول الفاشلة
console-overview-today = اليوم:
console-overview-most = الأعلى في يوم واحد:
console-overview-reload = إعادة التحميل
console-doctor = الفحوص
console-doctor-runs = ما زالت الفحوص جارية.
console-doctor-well = { $checks ->
    [zero] لم يُجرَ أي فحص.
    [one] نجح الفحص.
    [two] نجح الفحصان.
    [few] نجحت كل الفحوص وعددها { $checks }.
    [many] نجحت كل الفحوص وعددها { $checks }.
   *[other] نجحت كل الفحوص وعددها { $checks }.
}
console-doctor-found = الإخفاقات: { $failures }. التحذيرات: { $warnings }.
console-severity-failure = إخفاق
console-severity-warning = تحذير

### The first administrator

console-set-up-title = إنشاء المسؤول الأول
console-set-up = ليس لهذا الموقع مسؤول بعد. اختر عنوان البريد الإلكتروني وكلمة المرور للمسؤول الأول. يعمل الرابط الذي فتحته مرة واحدة فقط.
console-set-up-submit = إنشاء المسؤول
console-set-up-dead-title = لم يعد هذا الرابط يعمل
console-set-up-dead = استُخدم الرابط أو انتهت صلاحيته، أو يوجد مسؤول بالفعل. إذا لم يكن هناك مسؤول، فأعد تشغيل الخادم ليعرض رابطًا جديدًا. يمكنك أيضًا استخدام الأمر regstack create-admin.

### Templates

console-room-templates = القوالب
console-templates = كل رسالة بريد ورسالة نصية وصفحة، بقيم تجريبية. لتغيير أحدها، ضع ملفك في مجلد من مجلدات extra_template_dirs.
console-templates-all = كل القوالب
console-template = القالب
console-template-kind = النوع
console-template-mail = بريد إلكتروني
console-template-sms = رسالة نصية
console-template-page = صفحة
console-template-subject = الموضوع
console-template-text = النص
console-template-replaced = استُبدل بـ
console-template-language = لغة المعاينة
console-template-sample = بقيم تجريبية.
console-template-broken = تعذّر عرض هذا القالب:

### Keys

console-room-keys = المفاتيح
console-key-id = المفتاح
console-key-expires = تنتهي الصلاحية
console-key-expired = منتهي الصلاحية
console-key-last-used = آخر استخدام
console-service-keys = مفاتيح الخدمات
console-service-keys-what = بمفتاح خدمة يستطيع أحد برامجك التحقق من الجلسات أو استخدام واجهة الإدارة البرمجية.
console-service-keys-none = لا توجد مفاتيح خدمات.
console-service-key-new = إنشاء مفتاح خدمة
console-service-key-name-hint = اسم البرنامج: أحرف لاتينية صغيرة وأرقام ونقاط وشرطات وشرطات سفلية.
console-service-key-days = عدد الأيام حتى تنتهي صلاحية المفتاح
console-service-key-made = أُنشئ مفتاح الخدمة
console-service-key-once = انسخ المفتاح الآن. لن يُعرض مرة أخرى.
console-scopes = يسمح بـ
console-scope-introspect = التحقق من الجلسات
console-scope-admin-read = القراءة من واجهة الإدارة البرمجية
console-scope-admin-write = قراءة كل شيء وتغييره في واجهة الإدارة البرمجية، ما عدا مفاتيح الخدمات
console-signing-keys = مفاتيح التوقيع
console-signing-keys-what = تُوقَّع الجلسات بأزواج مفاتيح ({ $algorithm }). تجد البرامج المفاتيح العامة في /.well-known/jwks.json.
console-signing-keys-secret = تُوقَّع الجلسات بالسر ({ $algorithm })، لذلك لا توجد أزواج مفاتيح. لاستبدال السر، استخدم regstack secret rotate.
console-signs-from = يوقّع بدءًا من
console-verifies-until = يتحقق حتى
console-duty-announced = منشور
console-duty-signs = يوقّع
console-duty-verifies = يتحقق
console-act-rotate-key = إنشاء مفتاح التوقيع التالي
console-act-rotate-key-what = يُنشر المفتاح فورًا، ويوقّع بعد أن يتاح للبرامج وقت لجلبه. لن يُسجَّل خروج أحد.
console-act-rotate-key-now = التوقيع به فورًا: ترفض البرامج رموزه حتى تجلب المفاتيح من جديد
console-act-remove-key = إزالة مفتاح التوقيع
console-act-remove-key-what = تنتهي فورًا كل جلسة وقّعها المفتاح، ويجب تسجيل الدخول من جديد. يُزال المفتاح تلقائيًا عندما تنتهي صلاحية رموزه.
console-act-revoke-service-key = إلغاء مفتاح الخدمة
console-act-revoke-service-key-what = لن يستطيع البرنامج استخدام المفتاح بدءًا من طلبه التالي. لا يمكن التراجع عن ذلك.
console-done-key-rotated = أُنشئ مفتاح التوقيع التالي.
console-done-key-removed = أُزيل مفتاح التوقيع.
console-done-service-key-revoked = أُلغي مفتاح الخدمة.
console-error-key_name-missing = أدخل اسمًا.
console-error-key_name-value_error = استخدم أحرفًا لاتينية صغيرة وأرقامًا ونقاطًا وشرطات وشرطات سفلية، وابدأ بحرف أو رقم.
console-error-scope-missing = اختر ما يُسمح باستخدام المفتاح له.
console-error-expires_at-value_error = أدخل عدد أيام من 1 إلى 3650، أو اترك الحقل فارغًا.
console-error-name_taken = يوجد مفتاح خدمة بهذا الاسم. اختر اسمًا آخر، أو ألغِ ذلك المفتاح أولًا.

### Settings

console-room-settings = الإعدادات
console-settings = الإعدادات التي بدأ بها هذا الخادم، ومصدر كل منها. لا تُعرض الأسرار أبدًا. لتغيير إعداد، غيّره في مصدره وأعد تشغيل الخادم.
console-settings-elsewhere = يعمل هذا الخادم داخل برنامج آخر يحدد إعداداته.
console-settings-changed = غير الافتراضية فقط
console-settings-none = لا توجد إعدادات مطابقة.
console-setting = الإعداد
console-setting-value = القيمة
console-setting-layer = المصدر
console-setting-default = افتراضي

### Backup

console-room-backup = النسخ الاحتياطي
console-act-back-up = تنزيل نسخة احتياطية
console-act-back-up-what = تحصل على نسخة مفحوصة من قاعدة البيانات كما هي الآن. تحتوي على كل الحسابات وتجزئات كلمات المرور: احفظها حيث لا يستطيع غيرك قراءتها. احفظ ملف الأسرار أيضًا في مكان آخر: فبدونه لا يمكن قراءة الرسائل والعوامل الثانية في النسخة.
console-backup-elsewhere = قاعدة البيانات هي MongoDB، ولها أدواتها للنسخ الاحتياطي. تُنشئ هذه الأوامر نسخة احتياطية من مجموعة نسخ متماثلة، وتستعيدها في قاعدة بيانات فارغة، ثم تنهي كل الجلسات، إذ قد يكون بعض الأشخاص قد سجّلوا خروجهم منذ ذلك الحين:
console-backup-secrets = احفظ ملف الأسرار أيضًا في مكان آخر: فبدونه لا يمكن قراءة الرسائل والعوامل الثانية في النسخة الاحتياطية.
