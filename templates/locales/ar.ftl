# Arabic: Modern Standard Arabic, in the short imperative that most services use, with Arabic punctuation. Every form for numbers.

language-name = العربية
email-address = البريد الإلكتروني
password = كلمة المرور
new-password = كلمة المرور الجديدة
current-password = كلمة المرور الحالية
full-name = الاسم
language = اللغة
optional = اختياري
code = الرمز
phone-number = رقم الهاتف
log-in = تسجيل الدخول
log-out = تسجيل الخروج
back-to-log-in = العودة إلى تسجيل الدخول
get-new-link = الحصول على رابط جديد
send-link = إرسال الرابط
send-new-link = إرسال رابط جديد
send-code = إرسال الرمز
send-new-code = إرسال رمز جديد
contact-support = تواصل مع الدعم
cancel = إلغاء
check-your-email = تحقّق من بريدك الإلكتروني
go-to-account = الانتقال إلى حسابك
already-have-account = هل لديك حساب بالفعل؟
needs-javascript = تحتاج هذه الصفحة إلى JavaScript. فعّله، ثم أعد تحميل الصفحة.
continue-to-app = المتابعة إلى { $app }
footer-help = المساعدة
footer-terms = شروط الاستخدام
footer-privacy = الخصوصية
footer-imprint = بيانات الناشر
page-description = سجّل الدخول إلى { $app }، أو أنشئ حسابًا، أو أدِر حسابك.

login-title = تسجيل الدخول
login-forgot = هل نسيت كلمة المرور؟
login-new-here = ليس لديك حساب؟
login-create-account = إنشاء حساب
login-passkey = تسجيل الدخول بمفتاح مرور

register-title = إنشاء حساب
register-submit = إنشاء الحساب
register-closed-title = التسجيل مغلق
register-closed = تحتاج إلى دعوة للانضمام إلى { $app }. تواصل مع الدعم.
register-sent = أرسلنا رابطًا إلى { $email }. افتحه لتأكيد بريدك الإلكتروني.
register-sent-email = بريدك الإلكتروني
register-no-email = ألم تصلك الرسالة؟ تحقّق من مجلد الرسائل غير المرغوب فيها. الرابط الأحدث وحده صالح.
register-wrong-email = هل البريد الإلكتروني غير صحيح؟
register-change-email = تعديله

verify-title = تأكيد بريدك الإلكتروني
verify-with-password = أدخل كلمة المرور التي اخترتها عند التسجيل.
verify-lead = أكّد أن هذا البريد الإلكتروني لك.
verify-submit = تأكيد البريد الإلكتروني
verify-already = هل أكّدته بالفعل؟
verify-done-title = تم تأكيد بريدك الإلكتروني
verify-done = حسابك جاهز.
verify-new-title = الحصول على رابط جديد
verify-new = أدخل بريدك الإلكتروني، وسنرسل إليك رابطًا لتأكيده.

forgot-page-title = نسيت كلمة المرور
forgot-title = هل نسيت كلمة المرور؟
forgot-lead = أدخل بريدك الإلكتروني، وسنرسل إليك رابطًا لتعيين كلمة مرور جديدة.
forgot-sent = إذا كان هناك حساب مرتبط بالبريد { $email }، فسيصلك رابط.
forgot-sent-email = هذا
forgot-no-email = ألم تصلك الرسالة؟ تحقّق من مجلد الرسائل غير المرغوب فيها، أو { $link }.
forgot-no-email-link = جرّب بريدًا إلكترونيًا آخر

reset-title = تعيين كلمة مرور جديدة
reset-lead = سيتم تسجيل خروجك من كل الأجهزة الأخرى.
reset-submit = حفظ كلمة المرور

change-email-title = تأكيد بريدك الإلكتروني الجديد
change-email-lead = ستسجّل الدخول به من الآن فصاعدًا. سيتم تسجيل خروجك من كل الأجهزة.
change-email-submit = استخدام البريد الإلكتروني الجديد
change-email-done-title = تم تغيير بريدك الإلكتروني
change-email-done = سجّل الدخول باستخدام { $email } من الآن فصاعدًا.
change-email-done-email = بريدك الإلكتروني الجديد

undo-title = التراجع عن تغيير البريد الإلكتروني
undo-lead = سيستعيد حسابك بريده الإلكتروني القديم. سيتم تسجيل الخروج من كل الأجهزة، ثم تعيّن كلمة مرور جديدة.
undo-submit = التراجع عن التغيير
undo-failed = هل تحتاج إلى مساعدة؟ تواصل مع الدعم.
undo-failed-link = هل تحتاج إلى مساعدة؟ { $link }
undo-done-title = تمت استعادة بريدك الإلكتروني القديم
undo-done = استعاد حسابك البريد الإلكتروني { $email }، وتم تسجيل الخروج من كل الأجهزة. عيّن الآن كلمة مرور جديدة حتى لا يتمكن غيرك من تسجيل الدخول.
undo-done-email = السابق
undo-done-submit = تعيين كلمة مرور جديدة

invite-title = مرحبًا بك في { $app }
invite-lead = اختر كلمة مرور لحسابك.
invite-submit = حفظ كلمة المرور
invite-passkey = إنشاء مفتاح مرور
invite-dead = اطلب دعوة جديدة ممن دعاك.

mfa-title = إدخال الرمز
mfa-lead = أرسلنا رمزًا مكوّنًا من { $digits } أرقام إلى { $phone }. { $minutes ->
    [zero] تنتهي صلاحيته خلال { $minutes } دقيقة.
    [one] تنتهي صلاحيته خلال دقيقة واحدة.
    [two] تنتهي صلاحيته خلال دقيقتين.
    [few] تنتهي صلاحيته خلال { $minutes } دقائق.
    [many] تنتهي صلاحيته خلال { $minutes } دقيقة.
   *[other] تنتهي صلاحيته خلال { $minutes } دقيقة.
}
mfa-your-phone = هاتفك
mfa-wrong-number = هل الرقم غير صحيح؟ تواصل مع الدعم.
mfa-wrong-number-link = هل الرقم غير صحيح؟ { $link }
mfa-lead-app = أدخل الرمز المكوّن من 6 أرقام من تطبيق المصادقة.
mfa-lead-recovery = أدخل أحد رموز الاسترداد. يعمل كل رمز مرة واحدة.
mfa-recovery-code = رمز الاسترداد
mfa-use-app = استخدام تطبيق المصادقة
mfa-use-sms = إرسال رمز إلى هاتفك
mfa-use-recovery = استخدام رمز استرداد

error-page-not-found-title = الصفحة غير موجودة
error-page-not-found = تحقّق من العنوان. ربما نُقلت الصفحة.
error-page-form-title = تعذّر إتمام العملية
error-page-form = أُرسل النموذج قبل أن تصبح الصفحة جاهزة، ولم يتغيّر شيء. فعّل JavaScript، ثم ارجع وأعد تحميل الصفحة.
error-page-busy-title = الخدمة مشغولة الآن
error-page-busy = انتظر قليلًا ثم أعد تحميل الصفحة.
error-page-broken-title = حدث خطأ ما
error-page-broken = المشكلة من جانبنا. انتظر قليلًا ثم حاول مرة أخرى.

me-title = حسابك
me-profile = الملف الشخصي
me-security = الأمان
me-change = تغيير
me-close = إغلاق
me-member-since = عضو منذ
me-name-submit = حفظ الاسم
me-password-hint = سيتم تسجيل خروجك من كل الأجهزة الأخرى.
me-password-submit = تغيير كلمة المرور
me-email-hint = سنرسل رابطًا إلى بريدك الإلكتروني الجديد. لن يتغيّر شيء حتى تفتحه.
me-new-email = البريد الإلكتروني الجديد
me-language-hint = لغة صفحاتنا ورسائلنا إليك.
me-language-submit = حفظ اللغة
me-two-step = التحقق بخطوتين
me-phone-hint = أدخل الرقم مع رمز البلد، مثل { $example }.
me-two-step-on = تفعيل
me-two-step-off = إيقاف
me-phone-again = استخدام رقم آخر
me-sessions = الأجهزة المسجَّل دخولك منها
me-sessions-hint = هل هناك جهاز لا تعرفه؟ سجّل الخروج منه وغيّر كلمة المرور.
me-sessions-end-others = تسجيل الخروج من كل الأجهزة الأخرى
continue-with = المتابعة باستخدام { $provider }
or = أو
oauth-title = جارٍ تسجيل دخولك
oauth-working = لن يستغرق ذلك سوى لحظة.
me-providers = الحسابات المرتبطة
me-providers-hint = سجّل الدخول بحساب لديك في مكان آخر.
me-sms = رموز عبر الرسائل القصيرة
me-app = تطبيق المصادقة
me-app-hint = استخدم تطبيقًا يعرض رمزًا جديدًا كل 30 ثانية.
me-app-start = إعداد التطبيق
me-app-scan = امسح رمز QR بتطبيقك، ثم أدخل الأرقام الستة التي يعرضها.
me-app-type = تعذّر المسح؟ أدخل هذا المفتاح:
me-app-remove = إزالة التطبيق
me-codes = رموز الاسترداد
me-codes-hint = استخدم أحدها لتسجيل الدخول عندما لا يكون لديك رمز آخر. عند إنشاء رموز جديدة تتوقف القديمة عن العمل.
me-codes-new = إنشاء رموز جديدة
me-passkeys = مفاتيح المرور
me-passkeys-hint = سجّل الدخول ببصمتك أو وجهك أو قفل الشاشة بدلًا من كلمة المرور.
me-passkey-name = الاسم، مثل اسم الجهاز
me-passkey-add = إضافة مفتاح مرور
me-passkey-rename = إعادة تسمية مفتاح المرور
me-passkey-remove = إزالة مفتاح المرور
me-passkey-password-hint = غير مطلوبة إذا سجّلت الدخول بمفتاح مرور خلال الدقائق الخمس الأخيرة.
codes-title = احفظ رموز الاسترداد
codes-lead = يتيح لك كل رمز تسجيل الدخول مرة واحدة عندما لا يكون هاتفك معك. احفظها في مكان آمن. لن نعرضها مرة أخرى.
codes-copy = نسخ
codes-download = تنزيل
codes-print = طباعة
codes-done = حفظت الرموز
me-data = بياناتك
me-data-hint = ملف يحتوي على كل ما هو محفوظ عن حسابك.
me-data-download = تنزيل بياناتك
me-delete = حذف الحساب
me-delete-hint = يؤدي ذلك إلى حذف حسابك وبياناته نهائيًا، ولا يمكن التراجع عنه.
me-delete-title = هل تريد حذف حسابك؟
me-delete-what = سيُحذف الحساب { $email } نهائيًا، مع الاسم ورقم الهاتف والجلسات. لا يمكن التراجع عن ذلك.

js-notice-expired = تم تسجيل خروجك. سجّل الدخول للمتابعة.
js-notice-left = تم تسجيل خروجك.
js-notice-language = تم حفظ اللغة.
js-notice-password = تم تغيير كلمة المرور. سجّل الدخول بالكلمة الجديدة.
js-notice-invited = تم حفظ كلمة المرور. سجّل الدخول للبدء.
js-notice-passkey = تم حفظ مفتاح المرور. سجّل الدخول به للبدء.
js-notice-deleted = تم حذف حسابك.
js-notice-code = انتهت صلاحية الرمز أو أُدخل خطأً مرات كثيرة جدًا. سجّل الدخول مرة أخرى للحصول على رمز جديد.

error-invalid_credentials = البريد الإلكتروني أو كلمة المرور غير صحيحة. هل سجّلت للتو؟ افتح أولًا الرابط الوارد في رسالتنا.
error-account_disabled = هذا الحساب معطَّل. تواصل مع الدعم.
error-email_unverified = لم تؤكّد بريدك الإلكتروني بعد.
error-locked = عدد المحاولات الفاشلة كبير جدًا.
error-code_budget_spent = عدد الرموز الخاطئة كبير جدًا.
error-rate_limited = عدد المحاولات كبير جدًا.
error-overloaded = هناك ضغط كبير الآن.
error-unavailable = هذه الخدمة غير متاحة الآن. حاول مجددًا بعد قليل.
error-wrong_password = كلمة المرور غير صحيحة.
error-password_unchanged = هذه كلمة مرورك الحالية. اختر كلمة أخرى.
error-same_email = هذا بريدك الإلكتروني الحالي.
error-email_taken = يوجد حساب بهذا البريد الإلكتروني بالفعل.
error-invalid_phone = أدخل رقم الهاتف مع رمز البلد، مثل ⁦+44 20 7946 0018⁩.
error-wrong_code = الرمز غير صحيح. الرمز الأحدث وحده صالح.
error-wrong_recovery_code = رمز الاسترداد غير صحيح. يعمل كل رمز مرة واحدة فقط.
error-code_expired = انتهت صلاحية الرمز.
error-no_code = استُخدم هذا الرمز، أو استُبدل، أو أُدخل خطأً مرات كثيرة جدًا.
error-invalid_token = انتهت صلاحية هذا الرابط أو استُخدم بالفعل.
error-missing_token = هذا الرابط غير مكتمل. افتحه مرة أخرى من الرسالة.
error-registration_disabled = التسجيل مغلق حاليًا.
error-cross_site = لا يمكنك تسجيل الدخول من هذا العنوان. تواصل مع الدعم.
error-last_superuser = لا يوجد مسؤول غيرك. عيّن مسؤولًا آخر أولًا.
error-mfa_not_enabled = التحقق بخطوتين متوقف بالفعل.
error-passkey_refused = لا يعمل مفتاح المرور هذا هنا. سجّل الدخول بطريقة أخرى.
error-invalid_passkey = لم يُضَف مفتاح المرور. حاول مرة أخرى.
error-passkey_taken = أُضيف مفتاح المرور هذا من قبل.
error-too_many_passkeys = لديك 20 مفتاح مرور، وهو أقصى عدد ممكن. أزل واحدًا أولًا.
error-password_only = لهذا الحساب كلمة مرور أو تحقق بخطوتين. اختر كلمة مرور جديدة بدلًا من ذلك.
error-last_way_in = هذه طريقتك الوحيدة لتسجيل الدخول. أضف طريقة أخرى أولًا.
error-reauthentication_required = أدخل كلمة مرورك.
error-no_passkey = لم يُستخدم أي مفتاح مرور.
error-passkey_late = استغرق ذلك وقتًا طويلًا. حاول مرة أخرى.
error-oauth_failed = لم ينجح ذلك. حاول مجددًا، أو سجّل الدخول بطريقة أخرى.
error-access_denied = لم تسمح بتسجيل الدخول. حاول مجددًا، أو سجّل الدخول بطريقة أخرى.
error-bad_state = انتهت صلاحية تسجيل الدخول هذا أو سبق استخدامه. ابدأ من جديد.
error-provider_unavailable = لا يمكن الوصول إلى هذا المزوّد الآن. سجّل الدخول بطريقة أخرى، أو حاول بعد قليل.
error-provider_email_unverified = لم يؤكّد هذا المزوّد بريدك الإلكتروني. أكّده لديه، أو أنشئ حسابًا بكلمة مرور.
error-email_not_reached = لا يصل البريد إلى العنوان الذي لديك هناك. أنشئ حسابًا بعنوان آخر.
error-email_in_use = يوجد حساب بهذا البريد الإلكتروني بالفعل. سجّل الدخول إليه، ثم اربط المزوّد في صفحة حسابك.
error-identity_in_use = تسجيل الدخول هذا مرتبط بحساب آخر.
error-provider_in_use = حسابك مرتبط بشخص آخر لدى هذا المزوّد. ألغِ ذلك الربط أولًا.
error-already_linked = تسجيل الدخول هذا مرتبط بحسابك بالفعل.
error-user_inactive = هذا الحساب معطّل. تواصل مع الدعم.
error-session_ended = تم تسجيل خروجك في هذه الأثناء. سجّل الدخول وحاول مجددًا.
error-old_login = حفاظًا على أمانك، سجّل الدخول من جديد قبل تغيير هذا.
error-no_storage = يمنع متصفحك التخزين لهذا الموقع. اسمح به لتبقى جلستك مفتوحة.
error-offline = أنت غير متصل بالإنترنت. اتصل، ثم حاول مجددًا.
error-away = تعذّر الوصول إلى الخادم. حاول مجددًا بعد لحظات.
error-late = يستغرق الخادم وقتًا طويلًا للرد. تأكّد من نجاح العملية قبل أن تحاول مجددًا.
error-internal = حدث خطأ لدينا. حاول مجددًا بعد لحظات.
error-other = تعذّر إتمام العملية. أعد تحميل الصفحة وحاول مجددًا.

js-quote-code = { $problem } إذا تكرر ذلك، فاذكر هذا الرمز: { $code }
js-wait = { $problem } يمكنك المحاولة مجددًا بعد { $time }.
js-wait-over = يمكنك المحاولة مجددًا الآن.
js-working = لحظة من فضلك…
js-again-in = يمكنك طلب إرسال جديد بعد { $time }.
js-again-now = يمكنك طلب إرسال جديد الآن.
js-unlock = { $link } لإلغاء قفل حسابك الآن.
js-unlock-link = أعد تعيين كلمة المرور
js-hours = { $hours } س { $minutes } د
js-minutes = { $minutes } د { $seconds } ث
js-seconds = { $seconds } ث
js-try-again = إعادة المحاولة
js-get-new-link = الحصول على رابط جديد
js-log-in = تسجيل الدخول
js-cancel = إلغاء
js-confirm = تأكيد
js-confirm-asked = أكّد أنك طلبت ذلك.

js-show = إظهار
js-hide = إخفاء
js-show-password = إظهار كلمة المرور
js-hide-password = إخفاء كلمة المرور
js-password-rule = { $count ->
    [zero] { $count } حرف على الأقل. الأفضل بضع كلمات لا رابط بينها.
    [one] حرف واحد على الأقل. الأفضل بضع كلمات لا رابط بينها.
    [two] حرفان على الأقل. الأفضل بضع كلمات لا رابط بينها.
    [few] { $count } أحرف على الأقل. الأفضل بضع كلمات لا رابط بينها.
    [many] { $count } حرفًا على الأقل. الأفضل بضع كلمات لا رابط بينها.
   *[other] { $count } حرف على الأقل. الأفضل بضع كلمات لا رابط بينها.
}
js-enter-password = أدخل كلمة المرور.
js-choose-password = اختر كلمة مرور.
js-enter-email = أدخل بريدك الإلكتروني.
js-enter-new_email = أدخل بريدك الإلكتروني الجديد.
js-enter-code = أدخل الرمز.
js-enter-recovery_code = أدخل رمز استرداد.
js-enter-phone_number = أدخل رقم هاتفك.
js-required = حقل مطلوب: { $field }
js-digits-only = أدخل أرقامًا فقط.
js-password-short = { $count ->
    [zero] استخدم { $count } حرف على الأقل.
    [one] استخدم حرفًا واحدًا على الأقل.
    [two] استخدم حرفين على الأقل.
    [few] استخدم { $count } أحرف على الأقل.
    [many] استخدم { $count } حرفًا على الأقل.
   *[other] استخدم { $count } حرف على الأقل.
}
js-too-short = { $count ->
    [zero] { $field }: { $count } حرف على الأقل.
    [one] { $field }: حرف واحد على الأقل.
    [two] { $field }: حرفان على الأقل.
    [few] { $field }: { $count } أحرف على الأقل.
    [many] { $field }: { $count } حرفًا على الأقل.
   *[other] { $field }: { $count } حرف على الأقل.
}
js-too-long = { $count ->
    [zero] { $field }: { $count } حرف على الأكثر.
    [one] { $field }: حرف واحد على الأكثر.
    [two] { $field }: حرفان على الأكثر.
    [few] { $field }: { $count } أحرف على الأكثر.
    [many] { $field }: { $count } حرفًا على الأكثر.
   *[other] { $field }: { $count } حرف على الأكثر.
}
js-too-long-unknown = { $field }: النص طويل جدًا.
js-password-weak = من السهل تخمين كلمة المرور هذه. الأفضل بضع كلمات لا رابط بينها.
js-format = { $field }: التنسيق غير صحيح.
js-email-format = أدخل بريدًا إلكترونيًا مثل ada@example.com.
js-email-unreached = لا يمكن أن يصل البريد إلى هذا العنوان. استخدم عنوانًا بلا أحرف خاصة قبل @.
js-field = هذا الحقل

js-verify-sent = أرسلنا رابطًا إلى { $email }. افتحه لتأكيد بريدك الإلكتروني.
js-verify-resent = إذا كان هذا البريد الإلكتروني بحاجة إلى تأكيد، فسيصلك رابط جديد.
js-verify-done = تم تأكيد بريدك الإلكتروني. يمكنك تسجيل الدخول الآن.
js-forgot-sent = إذا كان هناك حساب بهذا البريد الإلكتروني، فسيصلك رابط.
js-email-changed = تم تغيير بريدك الإلكتروني. سجّل الدخول بالجديد.
js-email-undone = تمت استعادة بريدك الإلكتروني القديم. عيّن الآن كلمة مرور جديدة.
js-password-changed = تم تغيير كلمة المرور، وتم تسجيل خروجك من كل الأجهزة الأخرى.
js-session-unknown = جهاز غير معروف
js-session-current = هذا الجهاز
js-session-seen = آخر استخدام: { $time }
js-session-since = تسجيل الدخول: { $time } ({ $method })
js-session-from = عنوان IP‏: { $ip }
js-session-by-password = كلمة المرور
js-session-by-password-sms = كلمة المرور ورمز عبر رسالة قصيرة
js-session-by-password-totp = كلمة المرور وتطبيق المصادقة
js-session-by-password-recovery-code = كلمة المرور ورمز الاسترداد
js-session-by-passkey = مفتاح مرور
js-session-end = تسجيل الخروج
js-session-end-named = تسجيل الخروج من { $device }
js-provider-none = غير مرتبط
js-provider-since = تم الربط في { $time }
js-provider-link = ربط
js-provider-link-named = ربط { $provider }
js-provider-linked = يمكنك الآن تسجيل الدخول باستخدام { $provider }.
js-provider-unlink = إلغاء الربط
js-provider-unlink-named = إلغاء الربط: { $provider }
js-provider-unlink-sure = هل تريد إلغاء ربط { $provider }؟ لن تتمكن من تسجيل الدخول به بعد ذلك.
js-provider-unlinked = تم إلغاء ربط { $provider }.
js-session-ended = تم تسجيل الخروج من { $device }.
js-sessions-ended = تم تسجيل خروجك من كل الأجهزة الأخرى.
js-email-change-sent = أرسلنا رابطًا إلى { $email }. افتحه لتغيير بريدك الإلكتروني.
js-name-saved = تم حفظ اسمك.
js-name-missing = غير محدد
js-yes = نعم
js-no = لا
js-confirmed = مؤكَّد
js-unconfirmed = غير مؤكَّد
js-on = مفعّل
js-off = متوقف
js-delete-sure = هل تريد حذف حسابك؟ لا يمكن التراجع عن ذلك.
js-delete = حذف الحساب
js-still-logged-in = ما زالت جلستك مفتوحة. { $problem }
js-code-sent = أرسلنا رمزًا إلى { $phone }.
js-code-resent = أرسلنا رمزًا جديدًا. لم يعد الرمز القديم صالحًا.
js-code-again = { $problem } احصل على رمز جديد.
js-two-step-is-on = مفعّل. عند تسجيل الدخول نرسل رمزًا إلى { $phone }.
js-two-step-is-off = متوقف. فعّله لتسجّل الدخول بكلمة المرور ورمز نرسله إلى هاتفك.
js-two-step-turned-on = التحقق بخطوتين مفعّل. سنطلب رمزًا عند تسجيل الدخول.
js-two-step-turned-off = التحقق بخطوتين متوقف. أزلنا رقم هاتفك.
js-app-on = تم إعداد تطبيق المصادقة. سنطلب رمزه عند تسجيل الدخول.
js-app-removed = تمت إزالة تطبيق المصادقة.
js-codes-left = { $count ->
    [zero] لم يتبقَّ أي رمز
    [one] تبقّى رمز واحد
    [two] تبقّى رمزان
    [few] تبقّت { $count } رموز
    [many] تبقّى { $count } رمزًا
   *[other] تبقّى { $count } رمز
}
js-codes-copied = تم النسخ.
js-app-qr = رمز QR لتطبيق المصادقة
js-passkeys-count = { $count ->
    [zero] لا توجد مفاتيح
    [one] مفتاح واحد
    [two] مفتاحان
    [few] { $count } مفاتيح
    [many] { $count } مفتاحًا
   *[other] { $count } مفتاح
}
js-passkeys-none = لا يوجد
js-passkey-added = تمت إضافة مفتاح المرور.
js-passkey-renamed = تمت إعادة تسمية مفتاح المرور.
js-passkey-removed = تمت إزالة مفتاح المرور.
js-passkey-made = أُضيف: { $time }
js-passkey-used = آخر استخدام: { $time }
js-passkey-unused = لم يُستخدم بعد
js-passkey-unnamed = مفتاح مرور
js-passkey-rename = إعادة تسمية
js-passkey-rename-named = إعادة تسمية { $name }
js-passkey-remove = إزالة
js-passkey-remove-named = إزالة { $name }

mail-hello = مرحبًا،
mail-hello-name = مرحبًا { $name }،
mail-button-broken = ألا يعمل الزر؟ انسخ هذا الرابط إلى متصفحك:
mail-link-lifetime = يعمل الرابط مرة واحدة وتنتهي صلاحيته خلال { $lifetime }.
mail-lifetime-minutes = { $count ->
    [zero] { $count } دقيقة
    [one] دقيقة واحدة
    [two] دقيقتين
    [few] { $count } دقائق
    [many] { $count } دقيقة
   *[other] { $count } دقيقة
}
mail-lifetime-hours = { $count ->
    [zero] { $count } ساعة
    [one] ساعة واحدة
    [two] ساعتين
    [few] { $count } ساعات
    [many] { $count } ساعة
   *[other] { $count } ساعة
}
mail-lifetime-days = { $count ->
    [zero] { $count } يوم
    [one] يوم واحد
    [two] يومين
    [few] { $count } أيام
    [many] { $count } يومًا
   *[other] { $count } يوم
}
mail-time = { $day } { $month ->
    [1] يناير
    [2] فبراير
    [3] مارس
    [4] أبريل
    [5] مايو
    [6] يونيو
    [7] يوليو
    [8] أغسطس
    [9] سبتمبر
    [10] أكتوبر
    [11] نوفمبر
   *[12] ديسمبر
} { $year }، { $clock } بالتوقيت العالمي
mail-when = الوقت: { $time }
mail-from = المصدر: عنوان IP { $ip }
mail-by-administrator = المصدر: مسؤول في { $app }
mail-reset-now = إعادة تعيين كلمة المرور
mail-support = هل تحتاج إلى مساعدة؟ راسلنا على { $email }.

mail-why-account = وصلتك هذه الرسالة لأن للبريد الإلكتروني { $email } حسابًا في { $app }.
mail-why-former = وصلتك هذه الرسالة لأن { $email } كان البريد الإلكتروني لحساب في { $app }.
mail-why-entered = وصلتك هذه الرسالة لأن شخصًا أدخل { $email } في { $app }.
mail-why-invited = وصلتك هذه الرسالة لأن مسؤولًا في { $app } أنشأ حسابًا للبريد الإلكتروني { $email }.

mail-verification-subject = أكّد بريدك الإلكتروني في { $app }
mail-verification-title = تأكيد بريدك الإلكتروني
mail-verification = مرحبًا بك في { $app }! أكّد أن { $email } هو بريدك الإلكتروني.
mail-verification-button = تأكيد البريد الإلكتروني
mail-verification-unasked = إن لم تسجّل، فتجاهل هذه الرسالة.

mail-password-reset-subject = إعادة تعيين كلمة المرور في { $app }
mail-password-reset-title = تعيين كلمة مرور جديدة
mail-password-reset = طلب شخص ما إعادة تعيين كلمة مرور الحساب { $email } في { $app }. عند تعيين كلمة مرور جديدة، سيتم تسجيل خروجك من كل الأجهزة.
mail-password-reset-button = تعيين كلمة مرور جديدة
mail-password-reset-unasked = إن لم تطلب ذلك، فتجاهل هذه الرسالة، وستبقى كلمة مرورك كما هي.

mail-email-change-subject = أكّد بريدك الإلكتروني الجديد في { $app }
mail-email-change-title = تأكيد بريدك الإلكتروني الجديد
mail-email-change = أكّد أن { $email } هو بريدك الإلكتروني الجديد في { $app }. سيتم تسجيل خروجك من كل الأجهزة، وستسجّل الدخول بهذا البريد بعد ذلك.
mail-email-change-button = تأكيد البريد الإلكتروني الجديد
mail-email-change-unasked = إن لم تطلب ذلك، فتجاهل هذه الرسالة. لن يتغيّر شيء ما لم تفتح الرابط وتؤكّد.

mail-invite-subject = دعوة إلى { $app }
mail-invite-title = أكمل إعداد حسابك
mail-invite = أنت مدعو إلى { $app }. أنشأنا حسابًا للبريد الإلكتروني { $email }. أكمل إعداده لتسجيل الدخول.
mail-invite-button = إعداد الحساب
mail-invite-unasked = إن لم تعرف سبب هذه الرسالة، فتجاهلها.

mail-already-registered-subject = لديك حساب بالفعل في { $app }
mail-already-registered-title = لديك حساب بالفعل
mail-already-registered = حاول شخص ما التسجيل في { $app } باستخدام { $email }. لديك حساب بهذا البريد الإلكتروني بالفعل، ولذلك لم ننشئ حسابًا جديدًا.
mail-already-registered-you = هل كنت أنت؟
mail-already-registered-you-do = سجّل الدخول كالمعتاد، أو أعد تعيين كلمة المرور إن نسيتها.
mail-already-registered-unasked = إن لم تكن أنت، فتجاهل هذه الرسالة. لم يتغيّر شيء في حسابك.

mail-email-changed-subject = تم تغيير بريدك الإلكتروني
mail-email-changed-title = تم تغيير بريدك الإلكتروني
mail-email-changed = أصبح البريد الإلكتروني لحسابك في { $app } هو { $email }. لم يعد { $old } مرتبطًا به.
mail-email-changed-undo = استعد حسابك خلال 7 أيام:
mail-email-changed-button = التراجع عن التغيير
mail-email-changed-undo-more = يعيد ذلك بريدك الإلكتروني القديم، ويسجّل الخروج من كل الأجهزة، ويتيح لك تعيين كلمة مرور جديدة. يعمل الرابط مرة واحدة. هل تحتاج إلى مساعدة؟ تواصل مع الدعم.
mail-email-changed-support = ربما يستخدم شخص آخر حسابك. تواصل مع الدعم الآن.

mail-notice = يتعلق ذلك بالحساب { $email } في { $app }.
mail-notice-you = إن كنت أنت من فعل ذلك، فتجاهل هذه الرسالة.
mail-notice-not-you = ألم تكن أنت؟
mail-sentences = { $first } { $second }
notice-password = تم تغيير كلمة المرور.
notice-password-remedy = ربما يستخدم شخص آخر حسابك. أعد تعيين كلمة المرور الآن، فذلك يسجّل الخروج من كل الأجهزة. إذا تعذّر عليك ذلك، فتواصل مع الدعم.
notice-email = تم التراجع عن تغيير بريدك الإلكتروني.
notice-email-remedy = تراجع عن هذا التغيير شخص يمكنه الوصول إلى البريد الإلكتروني السابق للحساب. إذا كان ذلك خطأً، فتواصل مع الدعم.
notice-second-factor-added = تم تفعيل التحقق بخطوتين.
notice-second-factor-added-remedy = ربما يستخدم شخص آخر حسابك وتصل رموز تسجيل الدخول إلى هاتفه. أعد تعيين كلمة المرور الآن، ثم تواصل مع الدعم.
notice-second-factor-moved = تم تغيير رقم الهاتف المستخدم في التحقق بخطوتين.
notice-second-factor-moved-remedy = ربما يستخدم شخص آخر حسابك وتصل رموز تسجيل الدخول إلى هاتفه. أعد تعيين كلمة المرور الآن، ثم تواصل مع الدعم.
notice-second-factor-removed = تم إيقاف التحقق بخطوتين.
notice-second-factor-removed-remedy = ربما يستخدم شخص آخر حسابك. أعد تعيين كلمة المرور الآن، ثم فعّل التحقق بخطوتين من جديد.
notice-app-added = تمت إضافة تطبيق مصادقة للتحقق بخطوتين.
notice-app-replaced = تم استبدال تطبيق المصادقة المستخدم في التحقق بخطوتين.
notice-app-removed = تمت إزالة تطبيق المصادقة المستخدم في التحقق بخطوتين.
notice-app-remedy = ربما يستخدم شخص آخر حسابك وتأتي رموز تسجيل الدخول من تطبيقه. أعد تعيين كلمة المرور الآن، ثم تواصل مع الدعم.
notice-codes-made = تم إنشاء رموز استرداد جديدة. لم تعد الرموز القديمة صالحة.
notice-code-used = استُخدم رمز استرداد لتسجيل الدخول. { $count ->
    [zero] لم يتبقَّ لديك أي رمز.
    [one] تبقّى لديك رمز واحد. أنشئ رموزًا جديدة قريبًا.
    [two] تبقّى لديك رمزان.
    [few] تبقّت لديك { $count } رموز.
    [many] تبقّى لديك { $count } رمزًا.
   *[other] تبقّى لديك { $count } رمز.
}
notice-code-last = استُخدم آخر رمز استرداد لديك لتسجيل الدخول. أنشئ رموزًا جديدة في صفحة حسابك.
notice-codes-remedy = ربما يستخدم شخص آخر حسابك. أعد تعيين كلمة المرور الآن، ثم أنشئ رموز استرداد جديدة في صفحة حسابك.
notice-passkey-added = أُضيف مفتاح مرور إلى حسابك. يمكن تسجيل الدخول به من دون كلمة مرورك.
notice-passkey-added-remedy = ربما يستخدم شخص آخر حسابك. أزل مفتاح المرور من صفحة حسابك، وأعد تعيين كلمة المرور، ثم سجّل الخروج من كل الأجهزة الأخرى.
notice-passkey-removed = أُزيل مفتاح مرور من حسابك.
notice-passkeys-removed = أُزيلت كل مفاتيح المرور من حسابك.
notice-passkey-removed-remedy = ربما يستخدم شخص آخر حسابك. أعد تعيين كلمة المرور الآن، ثم تحقّق من مفاتيح المرور في صفحة حسابك.
notice-provider-linked = يمكنك الآن تسجيل الدخول إلى حسابك باستخدام { $provider }.
notice-provider-linked-remedy = ربما يستخدم شخص آخر حسابك ويمكنه الدخول بحسابه هناك. أعد تعيين كلمة المرور الآن، ثم ألغِ الربط في صفحة حسابك.
notice-provider-unlinked = لم يعد بإمكانك تسجيل الدخول إلى حسابك باستخدام { $provider }.

sms-phone-setup = رمز { $app }: { $code }. صالح { $minutes } د.
sms-login = رمز { $app }: { $code }. صالح { $minutes } د. لا تشاركه.
